// Forward passes that nobody differentiates: products of few rows, routers and LoRA experts, each row on its own.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "checks.h"
#include "lora.h"

namespace {

std::vector<int64_t> consecutive(int64_t first, int64_t count) {
  std::vector<int64_t> rows(static_cast<size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

void softmax(float* values, int64_t count) {
  const float most = *std::max_element(values, values + count);
  float sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += values[i] = std::exp(values[i] - most);
  for (int64_t i = 0; i < count; ++i) values[i] /= sum;
}

// Keeps the k largest, the first of equals, divided by their sum; the others become zero.
void keep_largest(float* values, bool* kept, int64_t count, int64_t k) {
  std::fill(kept, kept + count, false);
  float sum = 0;
  for (int64_t chosen = 0; chosen < k; ++chosen) {
    int64_t best = -1;
    for (int64_t i = 0; i < count; ++i) {
      if (!kept[i] && (best < 0 || values[i] > values[best])) best = i;
    }
    kept[best] = true;
    sum += values[best];
  }
  for (int64_t i = 0; i < count; ++i) values[i] = kept[i] ? values[i] / sum : 0;
}

// p of one row from its scores: `routers` blocks of `experts`, then the main router's; see MixtureOfRouters.
void mix(float* p, float* scores, int64_t experts, int64_t routers, int64_t kept_routers, bool by_logits, bool* kept) {
  if (routers == 1) {
    std::copy(scores, scores + experts, p);
    softmax(p, experts);
    return;
  }
  float* main = scores + routers * experts;
  softmax(main, routers);
  if (kept_routers < routers) keep_largest(main, kept, routers, kept_routers);
  std::fill(p, p + experts, 0.0f);
  for (int64_t j = 0; j < routers; ++j) {
    if (!by_logits) softmax(scores + j * experts, experts);
    for (int64_t e = 0; e < experts; ++e) p[e] += scores[j * experts + e] * main[j];
  }
  if (by_logits) softmax(p, experts);
}

// The heads of a row turned by rotary embedding in the rotate-half layout: cos and sin are [width / 2].
void rotate(float* to, const float* from, const float* cos, const float* sin, int64_t heads, int64_t width, float scale) {
  const int64_t half = width / 2;
  for (int64_t head = 0; head < heads; ++head, to += width, from += width) {
    for (int64_t i = 0; i < half; ++i) {
      to[i] = (from[i] * cos[i] - from[i + half] * sin[i]) * scale;
      to[i + half] = (from[i + half] * cos[i] + from[i] * sin[i]) * scale;
    }
  }
}

}  // namespace

// The attention of one token, row `row` of q [n, heads * width] and of k and v [n, groups * width]: its rotated key and its value
// become number `held` of the cache [groups, capacity, width], and row `row` of out [n, heads * width] what it sees in the last
// `window` of them. cos and sin are [n, width / 2].
MOR_API mor_attend(
    Handle out, Handle q, Handle k, Handle v, Handle cos, Handle sin, Handle keys, Handle values, int64_t row, int64_t held,
    int64_t window, float scale) {
  return guarded([&] {
    TORCH_CHECK(keys->dim() == 3 && values->sizes() == keys->sizes(), "the cache is ", keys->sizes(), " and ", values->sizes());
    const int64_t n = q->size(0), groups = keys->size(0), capacity = keys->size(1), width = keys->size(2);
    const int64_t heads = q->size(1) / width, seen = std::min(held + 1, window), first = held + 1 - seen;
    TORCH_CHECK(0 <= row && row < n && 0 <= held && held < capacity && window > 0 && heads % groups == 0 && width % 2 == 0,
                "row ", row, " of ", n, ", token ", held, " of ", capacity, ", heads ", heads, " over ", groups);
    const float* turn[] = {matrix(cos, n, width / 2, "cos") + row * (width / 2), matrix(sin, n, width / 2, "sin") + row * (width / 2)};
    float *key = checked(keys, {groups, capacity, width}, "keys"), *value = checked(values, {groups, capacity, width}, "values");
    const float *q_row = matrix(q, n, heads * width, "q") + row * heads * width,
                *k_row = matrix(k, n, groups * width, "k") + row * groups * width,
                *v_row = matrix(v, n, groups * width, "v") + row * groups * width;
    float* out_row = matrix(out, n, heads * width, "out") + row * heads * width;
    std::vector<float> turned(static_cast<size_t>(heads * width)), scores(static_cast<size_t>(seen));
    rotate(turned.data(), q_row, turn[0], turn[1], heads, width, scale);
    for (int64_t group = 0; group < groups; ++group) {
      const int64_t at = (group * capacity + held) * width;
      rotate(key + at, k_row + group * width, turn[0], turn[1], 1, width, 1);
      std::copy_n(v_row + group * width, width, value + at);
    }
    std::fill_n(out_row, heads * width, 0.0f);
    const LoraKernels& kernel = lora_kernels();
    const int64_t only = 0;
    for (int64_t head = 0; head < heads; ++head) {
      const int64_t at = ((head / (heads / groups)) * capacity + first) * width;
      kernel.dot(scores.data(), turned.data() + head * width, &only, key + at, 1, seen, width);
      softmax(scores.data(), seen);
      kernel.spread(out_row + head * width, &only, scores.data(), value + at, 1, seen, width);
    }
  });
}

// Columns first .. first+count of out = x wᵀ: x [n, in], w [out, in].
MOR_API mor_few_rows(Handle out, Handle x, Handle w, int64_t first, int64_t count) {
  return guarded([&] {
    const int64_t n = x->size(0), in = x->size(1), columns = w->size(0);
    const float* xs = matrix(x, n, in, "x");
    const float* ws = matrix(w, columns, in, "w");
    float* outs = matrix(out, n, columns, "out");
    TORCH_CHECK(first >= 0 && count >= 0 && first + count <= columns, "columns ", first, " + ", count, " of ", columns);
    std::vector<float> part(static_cast<size_t>(n * count));
    lora_kernels().dot(part.data(), xs, consecutive(0, n).data(), ws + first * in, n, count, in);
    for (int64_t i = 0; i < n; ++i) std::copy_n(part.data() + i * count, count, outs + i * columns + first);
  });
}

// The routers that begin at `offset` in `values`: gates [n, experts] and whether an expert is selected, from x [n, in].
MOR_API mor_route(
    Handle gates, Handle selected, Handle x, Handle values, int64_t offset, int64_t routers, int64_t kept_routers,
    int32_t by_logits, int64_t top_k) {
  return guarded([&] {
    const int64_t n = x->size(0), in = x->size(1), experts = gates->size(1);
    const int64_t width = routers * experts + (routers > 1 ? routers : 0);
    const float* xs = matrix(x, n, in, "x");
    const float* ws = vector(values, values->numel(), "values") + offset;
    float* gate = matrix(gates, n, experts, "gates");
    TORCH_CHECK(
        offset >= 0 && offset + width * in <= values->numel(), "the routers' weights end at ", offset + width * in, " of ",
        values->numel());
    TORCH_CHECK(
        selected->scalar_type() == at::kBool && selected->is_contiguous() && selected->numel() == n * experts,
        "selected is ", selected->sizes(), " of ", selected->scalar_type());
    TORCH_CHECK(0 < top_k && top_k <= experts && 0 < kept_routers && kept_routers <= routers, "top ", top_k, " of ", experts);
    bool* chosen = selected->data_ptr<bool>();
    std::vector<float> scores(static_cast<size_t>(n * width));
    lora_kernels().dot(scores.data(), xs, consecutive(0, n).data(), ws, n, width, in);
    std::vector<char> kept(static_cast<size_t>(routers));
    for (int64_t i = 0; i < n; ++i) {
      float* p = gate + i * experts;
      mix(p, scores.data() + i * width, experts, routers, kept_routers, by_logits != 0, reinterpret_cast<bool*>(kept.data()));
      keep_largest(p, chosen + i * experts, experts, top_k);
    }
  });
}

// y[i] += the sum over shards, each the sum over its selected experts e of scale * gates[i, e] * B_e A_e x[i], for the rows
// first .. first+count: x [n, in], y [n, out], A_e [r, in] and B_e [out, r] at offsets in `values`. Expert e is in shard
// e mod shards. Without gates every row takes expert 0 with gate 1.
MOR_API mor_lora_experts(
    Handle y, Handle x, Handle values, const int64_t* a_offsets, const int64_t* b_offsets, int64_t experts, int64_t r,
    int64_t shards, int32_t routed, Handle gates, Handle selected, float scale, int64_t first, int64_t count) {
  return guarded([&] {
    const int64_t n = x->size(0), in = x->size(1), out = y->size(1), length = values->numel();
    const float* xs = matrix(x, n, in, "x") + first * in;
    float* ys = matrix(y, n, out, "y") + first * out;
    const float* vs = vector(values, length, "values");
    const float* gate = routed ? matrix(gates, n, experts, "gates") + first * experts : nullptr;
    const bool* chosen = routed ? selected->data_ptr<bool>() + first * experts : nullptr;
    TORCH_CHECK(first >= 0 && count >= 0 && first + count <= n, "rows ", first, " + ", count, " of ", n);
    const LoraKernels& kernel = lora_kernels();
    std::vector<float> sums(static_cast<size_t>(count * out)), h;
    std::vector<int64_t> rows;
    std::vector<char> touched(static_cast<size_t>(count));
    for (int64_t shard = 0; shard < shards; ++shard) {
      std::fill(touched.begin(), touched.end(), 0);
      for (int64_t e = shard; e < experts; e += shards) {
        rows.clear();
        for (int64_t i = 0; i < count; ++i) {
          if (!chosen || chosen[i * experts + e]) rows.push_back(i);
        }
        if (rows.empty()) continue;
        const int64_t m = static_cast<int64_t>(rows.size());
        TORCH_CHECK(
            a_offsets[e] >= 0 && a_offsets[e] + r * in <= length && b_offsets[e] >= 0 && b_offsets[e] + out * r <= length,
            "expert ", e, " lies outside of ", length, " values");
        h.assign(static_cast<size_t>(m * r), 0.0f);
        kernel.dot(h.data(), xs, rows.data(), vs + a_offsets[e], m, r, in);
        for (int64_t i = 0; i < m; ++i) {
          const float factor = (gate ? gate[rows[i] * experts + e] : 1.0f) * scale;
          for (int64_t q = 0; q < r; ++q) h[i * r + q] *= factor;
          if (!touched[rows[i]]) std::fill_n(sums.data() + rows[i] * out, out, 0.0f);
          touched[rows[i]] = 1;
        }
        kernel.spread(sums.data(), rows.data(), h.data(), lora_transposed(vs + b_offsets[e], out, r).data(), m, r, out);
      }
      for (int64_t i = 0; i < count; ++i) {
        if (!touched[i]) continue;
        for (int64_t o = 0; o < out; ++o) ys[i * out + o] += sums[i * out + o];
      }
    }
  });
}
