// Products of a LoRA expert: one side is the rank, a handful, which BLAS is slow at. All matrices are row-major float32.
#pragma once

#include <cstdint>
#include <vector>

struct LoraKernels {
  // u[i][q] = sum_k x[rows[i]][k] * w[q][k]: m rows, rank r, width k.
  void (*dot)(float* u, const float* x, const int64_t* rows, const float* w, int64_t m, int64_t r, int64_t k);
  // y[rows[i]][k] += sum_q h[i][q] * w[q][k].
  void (*spread)(float* y, const int64_t* rows, const float* h, const float* w, int64_t m, int64_t r, int64_t k);
  // d[q][k] = sum_i p[i][q] * x[rows[i]][k].
  void (*outer)(float* d, const float* p, const float* x, const int64_t* rows, int64_t m, int64_t r, int64_t k);
  // t[q][o] = b[o][q]: b [out, r].
  void (*transpose)(float* t, const float* b, int64_t out, int64_t r);
};

extern const LoraKernels lora_avx512;
extern const LoraKernels lora_avx2;
extern const LoraKernels lora_generic;

// Those of the best instruction set that this processor has.
const LoraKernels& lora_kernels();

// b [out, r] as [r, out].
std::vector<float> lora_transposed(const float* b, int64_t out, int64_t r);
