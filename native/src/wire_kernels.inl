// The kernels of rows that travel, compiled once per instruction set; the compiler makes vectors of these loops.
#include <algorithm>
#include <cstring>

#include "wire.h"

namespace {

constexpr uint32_t Magnitude = 0x7FFFFFFF, Infinity = 0x7F800000, NotANumber = 0x7FC00000;
constexpr float SmallestNormal = 1.17549435e-38f;
constexpr int64_t ScaleBytes = sizeof(float);

inline uint32_t bits(float value) {
  uint32_t result;
  std::memcpy(&result, &value, sizeof(result));
  return result;
}

inline float value_of(uint32_t bits) {
  float result;
  std::memcpy(&result, &bits, sizeof(result));
  return result;
}

// The nearest bfloat16 in the upper half, and something in the lower one.
inline uint32_t near_bf16(float value) {
  const uint32_t b = bits(value);
  return (b & Magnitude) > Infinity ? NotANumber : b + 0x7FFF + ((b >> 16) & 1);
}

void encode_bf16(uint16_t* to, const float* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<uint16_t>(near_bf16(from[i]) >> 16);
}

void decode_bf16(float* to, const uint16_t* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = value_of(static_cast<uint32_t>(from[i]) << 16);
}

void round_bf16(float* to, const float* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = value_of(near_bf16(from[i]) & 0xFFFF0000);
}

// Magnitudes are ordered as their bits are, with infinity and NaN above all numbers.
inline float scale_of(const float* from, int64_t width) {
  uint32_t most = 0;
  for (int64_t i = 0; i < width; ++i) most = std::max(most, bits(from[i]) & Magnitude);
  const float scale = value_of(most) / 127.0f;
  return most >= Infinity ? value_of(NotANumber) : scale >= SmallestNormal ? scale : 0.0f;
}

// The multiple of a scale that is nearest. The scale is a normal number, so it is off by 2^-24 of itself at most, and the largest
// value's quotient by 127 * 2^-24: no multiple is beyond 127.
inline int32_t nearest(float value, float scale) {
  constexpr float Shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits, to even when between
  return static_cast<int32_t>(bits(value / scale + Shift) - 0x4B400000u);
}

void encode_int8(uint8_t* to, const float* from, int64_t width) {
  const float scale = scale_of(from, width);
  std::memcpy(to, &scale, ScaleBytes);
  int8_t* const values = reinterpret_cast<int8_t*>(to + ScaleBytes);
  if (!(scale > 0)) {
    std::memset(values, 0, static_cast<size_t>(width));
    return;
  }
  for (int64_t i = 0; i < width; ++i) values[i] = static_cast<int8_t>(nearest(from[i], scale));
}

void decode_int8(float* to, const uint8_t* from, int64_t width) {
  float scale;
  std::memcpy(&scale, from, ScaleBytes);
  const int8_t* const values = reinterpret_cast<const int8_t*>(from + ScaleBytes);
  for (int64_t i = 0; i < width; ++i) to[i] = static_cast<float>(values[i]) * scale;
}

void round_int8(float* to, const float* from, int64_t width) {
  const float scale = scale_of(from, width);
  if (!(scale > 0)) {
    std::fill(to, to + width, 0.0f * scale);
    return;
  }
#pragma GCC ivdep  // to may be from, and nothing else overlaps
  for (int64_t i = 0; i < width; ++i) to[i] = static_cast<float>(nearest(from[i], scale)) * scale;
}

}  // namespace
