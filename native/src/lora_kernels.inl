// The kernels, compiled once per instruction set. Every row is summed on its own: neighbours never change a result.
#include "lora.h"
#include "vectors.inl"

namespace {

template <int Rows, int Rank>
inline void dot_block(float* u, int64_t stride, const float* const* x, const float* w, int64_t k) {
  Vector lanes[Rows][Rank] = {};
  int64_t at = 0;
  for (; at + Lanes <= k; at += Lanes) {
    Vector values[Rows];
    for (int i = 0; i < Rows; ++i) values[i] = load(x[i] + at);
    for (int q = 0; q < Rank; ++q) {
      const Vector weight = load(w + q * k + at);
      for (int i = 0; i < Rows; ++i) lanes[i][q] += values[i] * weight;
    }
  }
  if (at < k) {
    Vector values[Rows];
    for (int i = 0; i < Rows; ++i) values[i] = load_part(x[i] + at, k - at);
    for (int q = 0; q < Rank; ++q) {
      const Vector weight = load_part(w + q * k + at, k - at);
      for (int i = 0; i < Rows; ++i) lanes[i][q] += values[i] * weight;
    }
  }
  if constexpr (Rank == 8) {
    for (int i = 0; i < Rows; ++i) {
      const Half total = sums(lanes[i]);
      std::memcpy(u + i * stride, &total, sizeof(total));
    }
  } else if constexpr (Rank * Rows == 8) {
    const Half total = sums(lanes[0]);
    for (int i = 0; i < Rows; ++i) std::memcpy(u + i * stride, reinterpret_cast<const float*>(&total) + i * Rank, Rank * sizeof(float));
  } else {
    for (int i = 0; i < Rows; ++i) {
      for (int q = 0; q < Rank; ++q) u[i * stride + q] = sum(lanes[i][q]);
    }
  }
}

template <int Rank>
void dot_ranks(float* u, const float* x, const int64_t* rows, const float* w, int64_t m, int64_t r, int64_t k) {
  int64_t i = 0;
  for (; i + 2 <= m; i += 2) {
    const float* pair[] = {x + rows[i] * k, x + rows[i + 1] * k};
    dot_block<2, Rank>(u + i * r, r, pair, w, k);
  }
  if (i < m) {
    const float* last[] = {x + rows[i] * k};
    dot_block<1, Rank>(u + i * r, r, last, w, k);
  }
}

template <int Rows, int Rank, bool Whole>
inline void spread_lanes(float* const* y, const float (*h)[Rank], const float* w, int64_t k, int64_t at, int64_t count) {
  Vector sums[Rows] = {};
  for (int q = 0; q < Rank; ++q) {
    const float* from = w + q * k + at;
    const Vector weight = Whole ? load(from) : load_part(from, count);
    for (int i = 0; i < Rows; ++i) sums[i] += h[i][q] * weight;
  }
  for (int i = 0; i < Rows; ++i) {
    if (Whole) {
      store(y[i] + at, load(y[i] + at) + sums[i]);
    } else {
      store_part(y[i] + at, load_part(y[i] + at, count) + sums[i], count);
    }
  }
}

template <int Rows, int Rank>
inline void spread_block(float* const* y, const float* h, int64_t stride, const float* w, int64_t k) {
  float factors[Rows][Rank];
  for (int i = 0; i < Rows; ++i) {
    for (int q = 0; q < Rank; ++q) factors[i][q] = h[i * stride + q];
  }
  int64_t at = 0;
  for (; at + Lanes <= k; at += Lanes) spread_lanes<Rows, Rank, true>(y, factors, w, k, at, Lanes);
  if (at < k) spread_lanes<Rows, Rank, false>(y, factors, w, k, at, k - at);
}

template <int Rank>
void spread_ranks(float* y, const int64_t* rows, const float* h, const float* w, int64_t m, int64_t r, int64_t k) {
  int64_t i = 0;
  for (; i + 2 <= m; i += 2) {
    float* pair[] = {y + rows[i] * k, y + rows[i + 1] * k};
    spread_block<2, Rank>(pair, h + i * r, r, w, k);
  }
  if (i < m) {
    float* last[] = {y + rows[i] * k};
    spread_block<1, Rank>(last, h + i * r, r, w, k);
  }
}

template <int Rank, int Wide>
inline void outer_block(
    float* d, const float* p, int64_t stride, const float* x, const int64_t* rows, int64_t m, int64_t k, int64_t at) {
  Vector sums[Rank][Wide] = {};
  for (int64_t i = 0; i < m; ++i) {
    const float* from = x + rows[i] * k + at;
    Vector values[Wide];
    for (int v = 0; v < Wide; ++v) values[v] = load(from + v * Lanes);
    for (int q = 0; q < Rank; ++q) {
      const float factor = p[i * stride + q];
      for (int v = 0; v < Wide; ++v) sums[q][v] += factor * values[v];
    }
  }
  for (int q = 0; q < Rank; ++q) {
    for (int v = 0; v < Wide; ++v) store(d + q * k + at + v * Lanes, sums[q][v]);
  }
}

template <int Rank>
inline void outer_tail(
    float* d, const float* p, int64_t stride, const float* x, const int64_t* rows, int64_t m, int64_t k, int64_t at) {
  Vector sums[Rank] = {};
  for (int64_t i = 0; i < m; ++i) {
    const Vector values = load_part(x + rows[i] * k + at, k - at);
    for (int q = 0; q < Rank; ++q) sums[q] += p[i * stride + q] * values;
  }
  for (int q = 0; q < Rank; ++q) store_part(d + q * k + at, sums[q], k - at);
}

template <int Rank>
void outer_ranks(float* d, const float* p, const float* x, const int64_t* rows, int64_t m, int64_t r, int64_t k) {
  int64_t at = 0;
  for (; at + 2 * Lanes <= k; at += 2 * Lanes) outer_block<Rank, 2>(d, p, r, x, rows, m, k, at);
  for (; at + Lanes <= k; at += Lanes) outer_block<Rank, 1>(d, p, r, x, rows, m, k, at);
  if (at < k) outer_tail<Rank>(d, p, r, x, rows, m, k, at);
}

// Ranks in blocks of 8, 4, 2 and 1 that stay in registers.
template <typename Eight, typename Four, typename Two, typename One>
inline void by_ranks(int64_t r, Eight&& eight, Four&& four, Two&& two, One&& one) {
  int64_t q = 0;
  for (; q + 8 <= r; q += 8) eight(q);
  if (q + 4 <= r) { four(q); q += 4; }
  if (q + 2 <= r) { two(q); q += 2; }
  if (q < r) one(q);
}

void dot(float* u, const float* x, const int64_t* rows, const float* w, int64_t m, int64_t r, int64_t k) {
  by_ranks(
      r,
      [&](int64_t q) { dot_ranks<8>(u + q, x, rows, w + q * k, m, r, k); },
      [&](int64_t q) { dot_ranks<4>(u + q, x, rows, w + q * k, m, r, k); },
      [&](int64_t q) { dot_ranks<2>(u + q, x, rows, w + q * k, m, r, k); },
      [&](int64_t q) { dot_ranks<1>(u + q, x, rows, w + q * k, m, r, k); });
}

void spread(float* y, const int64_t* rows, const float* h, const float* w, int64_t m, int64_t r, int64_t k) {
  by_ranks(
      r,
      [&](int64_t q) { spread_ranks<8>(y, rows, h + q, w + q * k, m, r, k); },
      [&](int64_t q) { spread_ranks<4>(y, rows, h + q, w + q * k, m, r, k); },
      [&](int64_t q) { spread_ranks<2>(y, rows, h + q, w + q * k, m, r, k); },
      [&](int64_t q) { spread_ranks<1>(y, rows, h + q, w + q * k, m, r, k); });
}

void outer(float* d, const float* p, const float* x, const int64_t* rows, int64_t m, int64_t r, int64_t k) {
  by_ranks(
      r,
      [&](int64_t q) { outer_ranks<8>(d + q * k, p + q, x, rows, m, r, k); },
      [&](int64_t q) { outer_ranks<4>(d + q * k, p + q, x, rows, m, r, k); },
      [&](int64_t q) { outer_ranks<2>(d + q * k, p + q, x, rows, m, r, k); },
      [&](int64_t q) { outer_ranks<1>(d + q * k, p + q, x, rows, m, r, k); });
}

constexpr Integers EvenLanes = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};

// Sixteen rows of eight. Taking even and odd lanes apart moves the lowest bit of the column from a lane's number to the highest
// of its vector's, and the lowest of the vector's, which belongs to the row, to the lane's: after three times a vector is a column.
inline void transpose_block(float* t, const float* b, int64_t out) {
  Vector from[8], to[8];
  for (int i = 0; i < 8; ++i) from[i] = load(b + i * Lanes);
  for (int stage = 0; stage < 3; ++stage) {
    for (int i = 0; i < 4; ++i) {
      to[i] = __builtin_shuffle(from[2 * i], from[2 * i + 1], EvenLanes);
      to[i + 4] = __builtin_shuffle(from[2 * i], from[2 * i + 1], EvenLanes + 1);
    }
    std::copy(to, to + 8, from);
  }
  for (int i = 0; i < 8; ++i) store(t + i * out, from[i]);
}

void transpose(float* t, const float* b, int64_t out, int64_t r) {
  int64_t o = 0;
  if (r == 8) {
    for (; o + Lanes <= out; o += Lanes) transpose_block(t + o, b + o * r, out);
  }
  for (; o < out; ++o) {
    for (int64_t q = 0; q < r; ++q) t[q * out + o] = b[o * r + q];
  }
}

}  // namespace
