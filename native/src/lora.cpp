// Forward and backward of one LoRA expert over the rows that were routed to it, without gathering them.
#include "lora.h"

#include <vector>

#include "checks.h"
#include "simd.h"

const LoraKernels& lora_kernels() {
  static const LoraKernels& best = best_of(lora_avx512, lora_avx2, lora_generic);
  return best;
}

std::vector<float> lora_transposed(const float* b, int64_t out, int64_t r) {
  std::vector<float> result(static_cast<size_t>(out * r));
  lora_kernels().transpose(result.data(), b, out, r);
  return result;
}

// delta[delta_rows[i]] += scale * gates[i] * B A x[x_rows[i]]: x [n, in], a [r, in], b [out, r], delta [*, out], m rows.
MOR_API mor_lora_forward(
    Handle delta, Handle x, Handle a, Handle b, const int64_t* x_rows, const int64_t* delta_rows, Handle gates, int64_t m,
    float scale) {
  return guarded([&] {
    const int64_t r = a->size(0), in = a->size(1), out = b->size(0);
    const float* xs = matrix(x, Any, in, "x");
    const float* as = matrix(a, r, in, "a");
    const float* bs = matrix(b, out, r, "b");
    float* ds = matrix(delta, Any, out, "delta");
    check_rows(x_rows, m, x->size(0), "x_rows");
    check_rows(delta_rows, m, delta->size(0), "delta_rows");
    const LoraKernels& kernel = lora_kernels();
    const float* gate = vector(gates, m, "gates");
    std::vector<float> h(static_cast<size_t>(m * r));
    kernel.dot(h.data(), xs, x_rows, as, m, r, in);
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t q = 0; q < r; ++q) h[i * r + q] *= gate[i] * scale;
    }
    kernel.spread(ds, delta_rows, h.data(), lora_transposed(bs, out, r).data(), m, r, out);
  });
}

// With g the gradient of delta, U = x Aᵀ, dH = g B: du = scale * gate * dH and h = scale * gate * U [m, r], dgates[i] = scale *
// sum dH * U [m], and dx[dx_rows[i]] += du A if it is wanted.
MOR_API mor_lora_backward(
    Handle dx, int32_t wants_dx, Handle du, Handle h, Handle dgates, Handle x, Handle g, Handle a, Handle b,
    const int64_t* x_rows, const int64_t* dx_rows, const int64_t* g_rows, Handle gates, int64_t m, float scale) {
  return guarded([&] {
    const int64_t r = a->size(0), in = a->size(1), out = b->size(0);
    const float* xs = matrix(x, Any, in, "x");
    const float* gs = matrix(g, Any, out, "g");
    const float* as = matrix(a, r, in, "a");
    float* us = matrix(h, m, r, "h");
    float* dhs = matrix(du, m, r, "du");
    float* sums = vector(dgates, m, "dgates");
    const float* gate = vector(gates, m, "gates");
    check_rows(x_rows, m, x->size(0), "x_rows");
    check_rows(g_rows, m, g->size(0), "g_rows");
    const LoraKernels& kernel = lora_kernels();
    kernel.dot(us, xs, x_rows, as, m, r, in);
    kernel.dot(dhs, gs, g_rows, lora_transposed(matrix(b, out, r, "b"), out, r).data(), m, r, out);
    for (int64_t i = 0; i < m; ++i) {
      const float factor = gate[i] * scale;
      float sum = 0;
      for (int64_t at = i * r; at < (i + 1) * r; ++at) {
        sum += dhs[at] * us[at];
        us[at] *= factor;
        dhs[at] *= factor;
      }
      sums[i] = sum * scale;
    }
    if (!wants_dx) return;
    check_rows(dx_rows, m, dx->size(0), "dx_rows");
    kernel.spread(matrix(dx, Any, in, "dx"), dx_rows, dhs, as, m, r, in);
  });
}

// da = duᵀ x [r, in], db = gᵀ h [out, r].
MOR_API mor_lora_parameters(
    Handle da, Handle db, Handle du, Handle h, Handle x, Handle g, const int64_t* x_rows, const int64_t* g_rows, int64_t m) {
  return guarded([&] {
    const int64_t r = du->size(1), in = x->size(1), out = g->size(1);
    check_rows(x_rows, m, x->size(0), "x_rows");
    check_rows(g_rows, m, g->size(0), "g_rows");
    const LoraKernels& kernel = lora_kernels();
    kernel.outer(matrix(da, r, in, "da"), matrix(du, m, r, "du"), matrix(x, Any, in, "x"), x_rows, m, r, in);
    std::vector<float> transposed_db(static_cast<size_t>(r * out));
    kernel.outer(transposed_db.data(), matrix(h, m, r, "h"), matrix(g, Any, out, "g"), g_rows, m, r, out);
    float* dbs = matrix(db, out, r, "db");
    for (int64_t q = 0; q < r; ++q) {
      for (int64_t o = 0; o < out; ++o) dbs[o * r + q] = transposed_db[q * out + o];
    }
  });
}
