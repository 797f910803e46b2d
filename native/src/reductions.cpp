// Sums, extremes, orders.
#include "mor.h"

#include <tuple>

namespace {
void pair(const std::tuple<at::Tensor, at::Tensor>& from, Handle* values, Handle* indexes) {
  *values = wrap(std::get<0>(from));
  *indexes = wrap(std::get<1>(from));
}
}  // namespace

MOR_1(max, a.max())
MOR_1(min, a.min())
MOR_1(argmax, a.argmax())

// No dims: over all of them. dtype -1: the type's own rule.
MOR_API mor_sum(Handle a, const int64_t* dims, int32_t count, int32_t keepdim, int32_t dtype, Handle* out) {
  return guarded([&] {
    *out = wrap(count == 0 ? a->sum(maybe_type(dtype)) : a->sum(longs(dims, count), keepdim != 0, maybe_type(dtype)));
  });
}

MOR_API mor_mean(Handle a, const int64_t* dims, int32_t count, int32_t keepdim, int32_t dtype, Handle* out) {
  return guarded([&] {
    *out = wrap(count == 0 ? a->mean(maybe_type(dtype)) : a->mean(longs(dims, count), keepdim != 0, maybe_type(dtype)));
  });
}

MOR_API mor_amax(Handle a, const int64_t* dims, int32_t count, int32_t keepdim, Handle* out) {
  return guarded([&] { *out = wrap(a->amax(longs(dims, count), keepdim != 0)); });
}

MOR_API mor_max_dim(Handle a, int64_t dim, int32_t keepdim, Handle* values, Handle* indexes) {
  return guarded([&] { pair(a->max(dim, keepdim != 0), values, indexes); });
}

MOR_API mor_min_dim(Handle a, int64_t dim, int32_t keepdim, Handle* values, Handle* indexes) {
  return guarded([&] { pair(a->min(dim, keepdim != 0), values, indexes); });
}

MOR_API mor_argmax_dim(Handle a, int64_t dim, int32_t keepdim, Handle* out) {
  return guarded([&] { *out = wrap(a->argmax(dim, keepdim != 0)); });
}

MOR_API mor_topk(Handle a, int64_t k, int64_t dim, int32_t largest, int32_t sorted, Handle* values, Handle* indexes) {
  return guarded([&] { pair(a->topk(k, dim, largest != 0, sorted != 0), values, indexes); });
}

MOR_API mor_sort(Handle a, int32_t stable, int64_t dim, int32_t descending, Handle* values, Handle* indexes) {
  return guarded([&] { pair(a->sort(Optional<bool>(stable != 0), dim, descending != 0), values, indexes); });
}

MOR_API mor_argsort(Handle a, int64_t dim, int32_t descending, Handle* out) {
  return guarded([&] { *out = wrap(a->argsort(dim, descending != 0)); });
}

MOR_API mor_cumsum(Handle a, int64_t dim, int32_t dtype, Handle* out) {
  return guarded([&] { *out = wrap(a->cumsum(dim, maybe_type(dtype))); });
}

MOR_API mor_logsumexp(Handle a, int64_t dim, int32_t keepdim, Handle* out) {
  return guarded([&] { *out = wrap(a->logsumexp({dim}, keepdim != 0)); });
}

MOR_API mor_norm(Handle a, double p, Handle* out) {
  return guarded([&] { *out = wrap(a->norm(at::Scalar(p))); });
}

MOR_API mor_norm_dim(Handle a, int64_t dim, int32_t keepdim, double p, Handle* out) {
  return guarded([&] { *out = wrap(a->norm(at::Scalar(p), {dim}, keepdim != 0)); });
}
