// What a Llama block computes between its products, forward and backward, each function for some of the rows.
#include "transformer.h"

#include <algorithm>

#include "checks.h"
#include "simd.h"

namespace {

const TransformerKernels& kernels() {
  static const TransformerKernels& best = best_of(transformer_avx512, transformer_avx2, transformer_generic);
  return best;
}

}  // namespace

// x [T, D] and inverse [T] of h [T, D].
MOR_API mor_rms_norm(
    Handle x, Handle inverse, Handle h, Handle weight, int64_t first, int64_t count, float epsilon) {
  return guarded([&] {
    const int64_t rows = h->size(0), width = h->size(1);
    check_part(first, count, rows);
    kernels().norm(
        matrix(x, rows, width, "x") + first * width, vector(inverse, rows, "inverse") + first,
        matrix(h, rows, width, "h") + first * width, vector(weight, width, "weight"), count, width, epsilon);
  });
}

// dh from dx and, where it is wanted, the gradient that skipped the norm.
MOR_API mor_rms_norm_backward(
    Handle dh, Handle dx, Handle carried, int32_t has_carried, Handle h, Handle inverse, Handle weight, int64_t first,
    int64_t count) {
  return guarded([&] {
    const int64_t rows = h->size(0), width = h->size(1), at = first * width;
    check_part(first, count, rows);
    kernels().norm_backward(
        matrix(dh, rows, width, "dh") + at, matrix(dx, rows, width, "dx") + at,
        has_carried ? matrix(carried, rows, width, "carried") + at : nullptr, matrix(h, rows, width, "h") + at,
        vector(inverse, rows, "inverse") + first, vector(weight, width, "weight"), count, width);
  });
}

MOR_API mor_swiglu(Handle y, Handle gate, Handle up, int64_t first, int64_t count) {
  return guarded([&] {
    const int64_t rows = gate->size(0), width = gate->size(1), at = first * width;
    check_part(first, count, rows);
    kernels().swiglu(
        matrix(y, rows, width, "y") + at, matrix(gate, rows, width, "gate") + at, matrix(up, rows, width, "up") + at,
        count * width);
  });
}

MOR_API mor_swiglu_backward(
    Handle dgate, Handle dup, Handle dy, Handle gate, Handle up, int64_t first, int64_t count) {
  return guarded([&] {
    const int64_t rows = gate->size(0), width = gate->size(1), at = first * width;
    check_part(first, count, rows);
    kernels().swiglu_backward(
        matrix(dgate, rows, width, "dgate") + at, matrix(dup, rows, width, "dup") + at, matrix(dy, rows, width, "dy") + at,
        matrix(gate, rows, width, "gate") + at, matrix(up, rows, width, "up") + at, count * width);
  });
}

// x [T, heads * C] in place; cosines and sines [T, C / 2].
MOR_API mor_rotate(
    Handle x, Handle cosines, Handle sines, int64_t heads, int64_t first, int64_t count, float direction) {
  return guarded([&] {
    const int64_t rows = x->size(0), half = cosines->size(1), width = 2 * half;
    check_part(first, count, rows);
    kernels().rotate(
        matrix(x, rows, heads * width, "x") + first * heads * width, matrix(cosines, rows, half, "cosines") + first * half,
        matrix(sines, rows, half, "sines") + first * half, count, heads, width, direction);
  });
}

// Of each row: its log-likelihood, whether the target is the likeliest, and, with a factor other than 0, the gradient
// factor * (softmax - onehot) in place of the logits [N, V].
MOR_API mor_next_token(
    Handle logits, const int64_t* targets, int64_t rows, float factor, double* log_likelihoods, uint8_t* hits) {
  return guarded([&] {
    const int64_t width = logits->size(1);
    float* const values = matrix(logits, rows, width, "logits");
    check_rows(targets, rows, width, "targets");
    for (int64_t row = 0; row < rows; ++row) {
      log_likelihoods[row] = kernels().cross_entropy(values + row * width, targets[row], width, factor, hits + row);
    }
  });
}

// y[rows[i]] += x[i]: x [count, width].
MOR_API mor_add_rows(Handle y, const int64_t* rows, Handle x, int64_t count) {
  return guarded([&] {
    const int64_t width = x->size(1);
    float* const to = matrix(y, Any, width, "y");
    check_rows(rows, count, y->size(0), "rows");
    kernels().add_rows(to, rows, matrix(x, count, width, "x"), count, width);
  });
}

// Values first .. first + count of four flat vectors; those before `decayed` decay.
MOR_API mor_adamw(
    Handle value, Handle first_moment, Handle second_moment, Handle gradient, int64_t first, int64_t count, int64_t decayed,
    const AdamWFactors* by) {
  return guarded([&] {
    const int64_t length = value->size(0);
    check_part(first, count, length);
    kernels().adamw(
        vector(value, length, "value") + first, vector(first_moment, length, "first moment") + first,
        vector(second_moment, length, "second moment") + first, vector(gradient, length, "gradient") + first, count,
        std::min(std::max<int64_t>(decayed - first, 0), count), by);
  });
}

MOR_API mor_sum_of_squares(Handle values, int64_t first, int64_t count, double* out) {
  return guarded([&] {
    const int64_t length = values->size(0);
    check_part(first, count, length);
    *out = kernels().sum_of_squares(vector(values, length, "values") + first, count);
  });
}
