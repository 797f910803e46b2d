// Products, and the functional layer's fused expressions.
#include "mor.h"

MOR_2(matmul, a.matmul(b))
MOR_2(mm, a.mm(b))
MOR_2(bmm, a.bmm(b))
MOR_2(dot, a.dot(b))

// bias may be null.
MOR_API mor_linear(Handle input, Handle weight, Handle bias, Handle* out) {
  return guarded([&] { *out = wrap(bias ? at::linear(*input, *weight, *bias) : at::linear(*input, *weight)); });
}

MOR_API mor_softmax(Handle a, int64_t dim, int32_t dtype, Handle* out) {
  return guarded([&] { *out = wrap(at::softmax(*a, dim, maybe_type(dtype))); });
}

MOR_API mor_log_softmax(Handle a, int64_t dim, Handle* out) {
  return guarded([&] { *out = wrap(at::log_softmax(*a, dim)); });
}

// weight may be null; reduction: 0 none, 1 mean, 2 sum.
MOR_API mor_cross_entropy(Handle input, Handle target, Handle weight, int64_t ignore_index, int64_t reduction,
                          double label_smoothing, Handle* out) {
  return guarded([&] {
    Optional<at::Tensor> weights;
    if (weight) weights = *weight;
    *out = wrap(at::cross_entropy_loss(*input, *target, weights, reduction, ignore_index, label_smoothing));
  });
}
