// What a block computes between its products, and the optimiser's update. All matrices are row-major float32; every row is
// summed on its own.
#pragma once

#include <cstdint>

struct AdamWFactors {
  double clip, beta1, beta2, decay, root_correction, epsilon, rate;
};

struct TransformerKernels {
  // inverse = 1 / sqrt(mean h² + epsilon) per row, x = h * inverse * weight.
  void (*norm)(
      float* x, float* inverse, const float* h, const float* weight, int64_t rows, int64_t width, float epsilon);
  // dh = carried + inverse * weight * dx - h * inverse³ * mean(dx * weight * h); carried may be null.
  void (*norm_backward)(
      float* dh, const float* dx, const float* carried, const float* h, const float* inverse, const float* weight, int64_t rows,
      int64_t width);
  // y = silu(gate) * up.
  void (*swiglu)(float* y, const float* gate, const float* up, int64_t count);
  void (*swiglu_backward)(float* dgate, float* dup, const float* dy, const float* gate, const float* up, int64_t count);
  // Each pair (i, i + width / 2) of each head turned by its row's angle, forwards (+1) or back (-1).
  void (*rotate)(
      float* x, const float* cosines, const float* sines, int64_t rows, int64_t heads, int64_t width, float direction);
  // Row i of scores attends to its columns first[i] to last[i]: softmax there, zero elsewhere, and the logarithm of its sum.
  void (*softmax)(float* scores, float* log_sums, const int64_t* first, const int64_t* last, int64_t rows, int64_t columns);
  // Probabilities from scores and log_sums, then dscores = probabilities * (dprobabilities - sum dmixed * mixed) in place of
  // dprobabilities. dmixed and mixed are [rows, width] with the given stride.
  void (*softmax_backward)(
      float* scores, float* dprobabilities, const float* log_sums, const int64_t* first, const int64_t* last, int64_t rows,
      int64_t columns, const float* dmixed, const float* mixed, int64_t width, int64_t stride);
  // log p(target) of one row of logits and whether no other is likelier, the first of equals counting; with a factor other
  // than 0 the logits become factor * (softmax - onehot).
  double (*cross_entropy)(float* logits, int64_t target, int64_t width, float factor, uint8_t* hit);
  // y[rows[i]] += x[i].
  void (*add_rows)(float* y, const int64_t* rows, const float* x, int64_t count, int64_t width);
  // One update of AdamW; the first `decayed` values decay.
  void (*adamw)(
      float* value, float* first, float* second, const float* gradient, int64_t count, int64_t decayed, const AdamWFactors* by);
  double (*sum_of_squares)(const float* values, int64_t count);
};

extern const TransformerKernels transformer_avx512;
extern const TransformerKernels transformer_avx2;
extern const TransformerKernels transformer_generic;
