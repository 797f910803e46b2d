// The kernels between the products, compiled once per instruction set.
#include <algorithm>
#include <cmath>
#include <limits>

#include "transformer.h"
#include "vectors.inl"

namespace {

// Calls whole(at) for each full vector, part(at, count) for what is left.
template <typename Whole, typename Part>
inline void by_lanes(int64_t width, Whole&& whole, Part&& part) {
  int64_t at = 0;
  for (; at + Lanes <= width; at += Lanes) whole(at);
  if (at < width) part(at, width - at);
}

void norm(float* x, float* inverse, const float* h, const float* weight, int64_t rows, int64_t width, float epsilon) {
  for (int64_t row = 0; row < rows; ++row, h += width, x += width) {
    Vector squares = {};
    by_lanes(
        width,
        [&](int64_t at) { const Vector v = load(h + at); squares += v * v; },
        [&](int64_t at, int64_t count) { const Vector v = load_part(h + at, count); squares += v * v; });
    const float scale = 1.0f / std::sqrt(sum(squares) / static_cast<float>(width) + epsilon);
    inverse[row] = scale;
    for (int64_t i = 0; i < width; ++i) x[i] = h[i] * scale * weight[i];
  }
}

void norm_backward(
    float* dh, const float* dx, const float* carried, const float* h, const float* inverse, const float* weight, int64_t rows,
    int64_t width) {
  for (int64_t row = 0; row < rows; ++row, dh += width, dx += width, h += width) {
    Vector products = {};
    by_lanes(
        width,
        [&](int64_t at) { products += load(dx + at) * load(weight + at) * load(h + at); },
        [&](int64_t at, int64_t count) {
          products += load_part(dx + at, count) * load_part(weight + at, count) * load_part(h + at, count);
        });
    const float scale = inverse[row];
    const float mean = sum(products) / static_cast<float>(width) * scale * scale * scale;
    if (carried != nullptr) {
      for (int64_t i = 0; i < width; ++i) dh[i] = carried[i] + (dx[i] * weight[i] * scale - h[i] * mean);
      carried += width;
    } else {
      for (int64_t i = 0; i < width; ++i) dh[i] = dx[i] * weight[i] * scale - h[i] * mean;
    }
  }
}

inline Vector sigmoid(Vector x) { return 1.0f / (1.0f + exponential(-x)); }

void swiglu(float* y, const float* gate, const float* up, int64_t count) {
  by_lanes(
      count,
      [&](int64_t at) { const Vector g = load(gate + at); store(y + at, g * sigmoid(g) * load(up + at)); },
      [&](int64_t at, int64_t n) {
        const Vector g = load_part(gate + at, n);
        store_part(y + at, g * sigmoid(g) * load_part(up + at, n), n);
      });
}

void swiglu_backward(float* dgate, float* dup, const float* dy, const float* gate, const float* up, int64_t count) {
  const auto of = [](Vector d, Vector g, Vector u, Vector& du) {
    const Vector s = sigmoid(g);
    du = d * (g * s);
    return d * u * (s + g * s * (1.0f - s));
  };
  by_lanes(
      count,
      [&](int64_t at) {
        Vector du;
        store(dgate + at, of(load(dy + at), load(gate + at), load(up + at), du));
        store(dup + at, du);
      },
      [&](int64_t at, int64_t n) {
        Vector du;
        store_part(dgate + at, of(load_part(dy + at, n), load_part(gate + at, n), load_part(up + at, n), du), n);
        store_part(dup + at, du, n);
      });
}

void rotate(
    float* x, const float* cosines, const float* sines, int64_t rows, int64_t heads, int64_t width, float direction) {
  const int64_t half = width / 2;
  for (int64_t row = 0; row < rows; ++row, cosines += half, sines += half) {
    for (int64_t head = 0; head < heads; ++head, x += width) {
      float* const one = x;
      float* const other = x + half;
      for (int64_t i = 0; i < half; ++i) {
        const float a = one[i], b = other[i], c = cosines[i], s = direction * sines[i];
        one[i] = a * c - b * s;
        other[i] = b * c + a * s;
      }
    }
  }
}

// A comparison with NaN is false, so NaN may be left out here; the exponentials bring it back.
inline Vector larger(Vector a, Vector b) { return a < b ? b : a; }

inline float largest(const float* values, int64_t count) {
  Vector most = Vector{} - std::numeric_limits<float>::infinity();
  by_lanes(
      count,
      [&](int64_t at) { most = larger(most, load(values + at)); },
      [&](int64_t at, int64_t n) {
        for (int64_t i = 0; i < n; ++i) most[0] = std::max(most[0], values[at + i]);
      });
  float result = most[0];
  for (int64_t i = 1; i < Lanes; ++i) result = std::max(result, most[i]);
  return result;
}

// values = e^(values - offset); their sum.
inline float exponentials(float* values, int64_t count, float offset) {
  Vector total = {};
  by_lanes(
      count,
      [&](int64_t at) {
        const Vector e = exponential(load(values + at) - offset);
        store(values + at, e);
        total += e;
      },
      [&](int64_t at, int64_t n) {
        store_part(values + at, exponential(load_part(values + at, n) - offset), n);
        total += load_part(values + at, n);
      });
  return sum(total);
}

void scale(float* values, int64_t count, float factor) {
  for (int64_t i = 0; i < count; ++i) values[i] *= factor;
}

void softmax(float* scores, float* log_sums, const int64_t* first, const int64_t* last, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; ++row, scores += columns) {
    float* const seen = scores + first[row];
    const int64_t count = last[row] - first[row] + 1;
    const float most = largest(seen, count);
    const float total = exponentials(seen, count, most);
    scale(seen, count, 1.0f / total);
    std::fill(scores, seen, 0.0f);
    std::fill(seen + count, scores + columns, 0.0f);
    log_sums[row] = most + std::log(total);
  }
}

void softmax_backward(
    float* scores, float* dprobabilities, const float* log_sums, const int64_t* first, const int64_t* last, int64_t rows,
    int64_t columns, const float* dmixed, const float* mixed, int64_t width, int64_t stride) {
  for (int64_t row = 0; row < rows; ++row, scores += columns, dprobabilities += columns, dmixed += stride, mixed += stride) {
    Vector products = {};
    by_lanes(
        width,
        [&](int64_t at) { products += load(dmixed + at) * load(mixed + at); },
        [&](int64_t at, int64_t n) { products += load_part(dmixed + at, n) * load_part(mixed + at, n); });
    const float inner = sum(products);
    float* const seen = scores + first[row];
    float* const gradient = dprobabilities + first[row];
    const int64_t count = last[row] - first[row] + 1;
    exponentials(seen, count, log_sums[row]);
    for (int64_t i = 0; i < count; ++i) gradient[i] = seen[i] * (gradient[i] - inner);
    for (float* const part : {scores, dprobabilities}) {
      std::fill(part, part + first[row], 0.0f);
      std::fill(part + first[row] + count, part + columns, 0.0f);
    }
  }
}

double cross_entropy(float* logits, int64_t target, int64_t width, float factor, uint8_t* hit) {
  const float chosen = logits[target];
  const float most = largest(logits, width);
  *hit = chosen == most && std::find(logits, logits + target, most) == logits + target;
  const float total = exponentials(logits, width, most);
  if (factor != 0) {
    scale(logits, width, factor / total);
    logits[target] -= factor;
  }
  return static_cast<double>(chosen) - static_cast<double>(most) - std::log(static_cast<double>(total));
}

void add_rows(float* y, const int64_t* rows, const float* x, int64_t count, int64_t width) {
  for (int64_t row = 0; row < count; ++row, x += width) {
    float* const to = y + rows[row] * width;
    for (int64_t i = 0; i < width; ++i) to[i] += x[i];
  }
}

void adamw(
    float* value, float* first, float* second, const float* gradient, int64_t count, int64_t decayed, const AdamWFactors* by) {
  const auto narrow = [](double value) { return static_cast<float>(value); };
  const float clip = narrow(by->clip), beta1 = narrow(by->beta1), rest1 = narrow(1 - by->beta1);
  const float beta2 = narrow(by->beta2), rest2 = narrow(1 - by->beta2), root_correction = narrow(by->root_correction);
  const float epsilon = narrow(by->epsilon), rate = narrow(by->rate);
  scale(value, decayed, narrow(by->decay));
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * clip;
    first[i] = first[i] * beta1 + g * rest1;
    second[i] = second[i] * beta2 + g * g * rest2;
    value[i] -= rate * first[i] / (std::sqrt(second[i]) * root_correction + epsilon);
  }
}

double sum_of_squares(const float* values, int64_t count) {
  double lanes[Lanes] = {};
  int64_t at = 0;
  for (; at + Lanes <= count; at += Lanes) {
    for (int64_t i = 0; i < Lanes; ++i) lanes[i] += static_cast<double>(values[at + i]) * static_cast<double>(values[at + i]);
  }
  for (; at < count; ++at) lanes[0] += static_cast<double>(values[at]) * static_cast<double>(values[at]);
  double total = 0;
  for (const double lane : lanes) total += lane;
  return total;
}

}  // namespace
