// Rows of float32 as they travel: bfloat16, or int8 after the row's scale. Everything is rounded value by value, so that no bit
// depends on the instruction set.
#pragma once

#include <cstdint>

struct WireKernels {
  // To the nearest bfloat16, of two equally near to the even one; NaN becomes 0x7FC0.
  void (*encode_bf16)(uint16_t* to, const float* from, int64_t count);
  void (*decode_bf16)(float* to, const uint16_t* from, int64_t count);
  // decode(encode(from)); in place too.
  void (*round_bf16)(float* to, const float* from, int64_t count);
  // One row: scale = max |from| / 127, then each value's nearest multiple of it, from -127 to 127. A scale that is no normal
  // number counts as zero. In a row with a NaN or an infinity the scale is NaN, and the multiples are zero.
  void (*encode_int8)(uint8_t* to, const float* from, int64_t width);
  void (*decode_int8)(float* to, const uint8_t* from, int64_t width);
  void (*round_int8)(float* to, const float* from, int64_t width);
};

extern const WireKernels wire_avx512;
extern const WireKernels wire_avx2;
extern const WireKernels wire_generic;
