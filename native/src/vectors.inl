// Sixteen floats at a time. Sums go over 16 lanes whatever the registers' width, so AVX-512 and AVX2 give the same bits.
#pragma once

#include <cstdint>
#include <cstring>

namespace {

constexpr int64_t Lanes = 16;
typedef float Vector __attribute__((vector_size(Lanes * sizeof(float))));
typedef float Half __attribute__((vector_size(Lanes / 2 * sizeof(float))));
typedef int32_t Integers __attribute__((vector_size(Lanes * sizeof(int32_t))));
typedef int32_t HalfIntegers __attribute__((vector_size(Lanes / 2 * sizeof(int32_t))));
typedef float Unaligned __attribute__((vector_size(Lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

inline Vector load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }

inline void store(float* to, Vector value) { *reinterpret_cast<Unaligned*>(to) = value; }

// The first `count` lanes, zeros after.
inline Vector load_part(const float* from, int64_t count) {
  Vector value = {};
  std::memcpy(&value, from, static_cast<size_t>(count) * sizeof(float));
  return value;
}

inline void store_part(float* to, Vector value, int64_t count) {
  std::memcpy(to, &value, static_cast<size_t>(count) * sizeof(float));
}

inline Half folded(Vector value) {
  Half halves[2];
  std::memcpy(halves, &value, sizeof(halves));
  return halves[0] + halves[1];
}

// Lane i and lane i + 8 first, then 4, 2 and 1 apart.
inline float sum(Vector value) {
  Half half = folded(value);
  half += __builtin_shuffle(half, HalfIntegers{4, 5, 6, 7, 0, 1, 2, 3});
  half += __builtin_shuffle(half, HalfIntegers{2, 3, 0, 1, 2, 3, 0, 1});
  return half[0] + half[1];
}

// The sums of eight vectors, with the same bits as one by one.
inline Half sums(const Vector* values) {
  Half fours[4], twos[2];
  for (int i = 0; i < 4; ++i) {
    const Half a = folded(values[2 * i]), b = folded(values[2 * i + 1]);
    fours[i] = __builtin_shuffle(a, b, HalfIntegers{0, 1, 2, 3, 8, 9, 10, 11}) +
               __builtin_shuffle(a, b, HalfIntegers{4, 5, 6, 7, 12, 13, 14, 15});
  }
  for (int i = 0; i < 2; ++i) {
    const Half a = fours[2 * i], b = fours[2 * i + 1];
    twos[i] = __builtin_shuffle(a, b, HalfIntegers{0, 1, 4, 5, 8, 9, 12, 13}) +
              __builtin_shuffle(a, b, HalfIntegers{2, 3, 6, 7, 10, 11, 14, 15});
  }
  return __builtin_shuffle(twos[0], twos[1], HalfIntegers{0, 2, 4, 6, 8, 10, 12, 14}) +
         __builtin_shuffle(twos[0], twos[1], HalfIntegers{1, 3, 5, 7, 9, 11, 13, 15});
}

// e^x to 2 ulp: x = n ln 2 + f with |f| <= ln 2 / 2, and e^f by its Taylor polynomial of degree 7. Zero below -87.3, where
// the result would be denormal; NaN stays NaN.
inline Vector exponential(Vector x) {
  constexpr float Least = -87.33654f, Most = 88.72283f;
  const Vector kept = x > Most ? Vector{} + Most : x;
  const Vector clamped = kept < Least ? Vector{} + Least : kept;
  constexpr float Shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  const Vector shifted = clamped * 1.44269504f + Shift;
  const Vector n = shifted - Shift;
  const Vector f = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  Vector p = Vector{} + 1.0f / 5040;
  p = p * f + 1.0f / 720;
  p = p * f + 1.0f / 120;
  p = p * f + 1.0f / 24;
  p = p * f + 1.0f / 6;
  p = p * f + 0.5f;
  p = p * f + 1.0f;
  p = p * f + 1.0f;
  Integers bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  // 2^n in two factors, because n = 128 is no exponent of a float.
  const Integers power = bits - 0x4B400000;
  const Integers first = power >> 1;
  const Integers halves[] = {(first + 127) << 23, (power - first + 127) << 23};
  Vector factors[2];
  std::memcpy(factors, halves, sizeof(factors));
  const Vector result = p * factors[0] * factors[1];
  return x < Least ? Vector{} : result;
}

}  // namespace
