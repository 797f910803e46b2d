// Causal grouped-query attention of packed sequences, without a mask and without keeping probabilities: a block of queries
// at a time (Dao et al. 2022), whose products are BLAS's.
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "checks.h"
#include "simd.h"
#include "transformer.h"

namespace {

// Queries of a block. Another value is another numerics.
constexpr int64_t Block = 64;

const TransformerKernels& kernels() {
  static const TransformerKernels& best = best_of(transformer_avx512, transformer_avx2, transformer_generic);
  return best;
}

// Row-major c [m, n] = factor * op(a) op(b) + keep * c, with op(a) [m, k] and op(b) [k, n]; strides are those of the rows.
using Sgemm = void (*)(
    const char*, const char*, const int*, const int*, const int*, const float*, const float*, const int*, const float*,
    const int*, const float*, float*, const int*);

struct Matrix {
  float* data;
  int64_t stride;
};

at::Tensor view(Matrix of, int64_t rows, int64_t columns) {
  return at::from_blob(of.data, {rows, columns}, {of.stride, 1}, at::TensorOptions().dtype(at::kFloat));
}

void multiply(
    Matrix c, Matrix a, bool transpose_a, Matrix b, bool transpose_b, int64_t m, int64_t n, int64_t k, float factor, float keep) {
  static const Sgemm sgemm = reinterpret_cast<Sgemm>(dlsym(RTLD_DEFAULT, "sgemm_"));
  if (sgemm == nullptr) {
    const at::Tensor left = transpose_a ? view(a, k, m).t() : view(a, m, k);
    const at::Tensor right = transpose_b ? view(b, n, k).t() : view(b, k, n);
    at::Tensor result = view(c, m, n);
    result.copy_(keep == 0 ? at::mm(left, right) * factor : result * keep + at::mm(left, right) * factor);
    return;
  }
  // BLAS counts columns first, so it is asked for the transposed product.
  const char first = transpose_b ? 'T' : 'N', second = transpose_a ? 'T' : 'N';
  const int rows = static_cast<int>(n), columns = static_cast<int>(m), inner = static_cast<int>(k);
  const int lda = static_cast<int>(b.stride), ldb = static_cast<int>(a.stride), ldc = static_cast<int>(c.stride);
  sgemm(&first, &second, &rows, &columns, &inner, &factor, b.data, &lda, a.data, &ldb, &keep, c.data, &ldc);
}

// One (sequence, key/value head) of a packed batch, whose keys are the sequence's rows.
struct Unit {
  int64_t start, length, group;
};

// The queries first .. first + rows of a sequence and the keys that some of them see.
struct Queries {
  Queries(int64_t first_row, const Unit& unit, int64_t window)
      : first(first_row), rows(std::min(Block, unit.length - first_row)) {
    key = window > 0 ? std::max<int64_t>(0, first - window + 1) : 0;
    keys = first + rows - key;
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t query = first + i;
      from[i] = (window > 0 ? std::max<int64_t>(0, query - window + 1) : 0) - key;
      to[i] = query - key;
    }
  }

  int64_t first, rows, key, keys;
  int64_t from[Block], to[Block];
};

void check_starts(const int64_t* starts, int64_t sequences, int64_t tokens) {
  bool ascend = starts[0] == 0 && starts[sequences] == tokens;
  for (int64_t i = 0; ascend && i < sequences; ++i) ascend = starts[i] <= starts[i + 1];
  TORCH_CHECK(ascend, "the sequences do not cover ", tokens, " rows in order");
}

Unit unit_of(const int64_t* starts, int64_t groups, int64_t number) {
  const int64_t sequence = number / groups;
  return {starts[sequence], starts[sequence + 1] - starts[sequence], number % groups};
}

// The rows of a packed batch and its heads.
struct Batch {
  Batch(const at::Tensor& q, const int64_t* starts, int64_t sequences, int64_t heads, int64_t groups)
      : starts(starts), heads(heads), groups(groups), tokens(q.size(0)) {
    TORCH_CHECK(groups > 0 && heads % groups == 0 && q.size(1) % heads == 0, heads, " heads over ", groups, " of ", q.sizes());
    check_starts(starts, sequences, tokens);
    units = sequences * groups;
    width = q.size(1) / heads;
    q_stride = heads * width;
    k_stride = groups * width;
    factor = 1.0f / std::sqrt(static_cast<float>(width));
  }

  // Calls body(queries, offset in q, offset in k and v of their first key, offset in the log-sums) for each block of each head
  // of units first .. first + count.
  template <typename Body>
  void for_blocks(int64_t window, int64_t first, int64_t count, Body&& body) const {
    check_part(first, count, units);
    const int64_t per_group = heads / groups;
    for (int64_t number = first; number < first + count; ++number) {
      const Unit unit = unit_of(starts, groups, number);
      for (int64_t head = unit.group * per_group; head < (unit.group + 1) * per_group; ++head) {
        for (int64_t row = 0; row < unit.length; row += Block) {
          const Queries block(row, unit, window);
          body(
              block, (unit.start + row) * q_stride + head * width,
              (unit.start + block.key) * k_stride + unit.group * width, head * tokens + unit.start + row);
        }
      }
    }
  }

  const int64_t* starts;
  int64_t heads, groups, tokens, units, width, q_stride, k_stride;
  float factor;
};

float* room(std::vector<float>& values, const Queries& block) {
  values.resize(static_cast<size_t>(block.rows * block.keys));
  return values.data();
}

}  // namespace

// mixed [T, H * C] and the log-sums [H, T] of rotated queries [T, H * C], rotated keys and values [T, G * C]. Units are
// numbered by sequence, then key/value head; this computes first .. first + count. Window 0 is none.
MOR_API mor_attention(
    Handle mixed, Handle log_sums, Handle q, Handle k, Handle v, const int64_t* starts, int64_t sequences, int64_t heads,
    int64_t groups, int64_t window, int64_t first, int64_t count) {
  return guarded([&] {
    const Batch batch(*q, starts, sequences, heads, groups);
    const int64_t tokens = batch.tokens, width = batch.width, q_stride = batch.q_stride, k_stride = batch.k_stride;
    float* const out = matrix(mixed, tokens, q_stride, "mixed");
    float* const sums = matrix(log_sums, heads, tokens, "log_sums");
    float* const qs = matrix(q, tokens, q_stride, "q");
    float* const ks = matrix(k, tokens, k_stride, "k");
    float* const vs = matrix(v, tokens, k_stride, "v");
    std::vector<float> scores;
    batch.for_blocks(window, first, count, [&](const Queries& block, int64_t q_at, int64_t k_at, int64_t sum_at) {
      const Matrix p{room(scores, block), block.keys};
      multiply(p, {qs + q_at, q_stride}, false, {ks + k_at, k_stride}, true, block.rows, block.keys, width, batch.factor, 0);
      kernels().softmax(p.data, sums + sum_at, block.from, block.to, block.rows, block.keys);
      multiply({out + q_at, q_stride}, p, false, {vs + k_at, k_stride}, false, block.rows, width, block.keys, 1, 0);
    });
  });
}

// dq, dk and dv of the rotated queries and keys; dk and dv are zeros before.
MOR_API mor_attention_backward(
    Handle dq, Handle dk, Handle dv, Handle dmixed, Handle mixed, Handle log_sums, Handle q, Handle k, Handle v,
    const int64_t* starts, int64_t sequences, int64_t heads, int64_t groups, int64_t window, int64_t first, int64_t count) {
  return guarded([&] {
    const Batch batch(*q, starts, sequences, heads, groups);
    const int64_t tokens = batch.tokens, width = batch.width, q_stride = batch.q_stride, k_stride = batch.k_stride;
    float* const dqs = matrix(dq, tokens, q_stride, "dq");
    float* const dks = matrix(dk, tokens, k_stride, "dk");
    float* const dvs = matrix(dv, tokens, k_stride, "dv");
    float* const douts = matrix(dmixed, tokens, q_stride, "dmixed");
    float* const outs = matrix(mixed, tokens, q_stride, "mixed");
    float* const sums = matrix(log_sums, heads, tokens, "log_sums");
    float* const qs = matrix(q, tokens, q_stride, "q");
    float* const ks = matrix(k, tokens, k_stride, "k");
    float* const vs = matrix(v, tokens, k_stride, "v");
    std::vector<float> scores, gradients;
    batch.for_blocks(window, first, count, [&](const Queries& block, int64_t q_at, int64_t k_at, int64_t sum_at) {
      const Matrix p{room(scores, block), block.keys}, ds{room(gradients, block), block.keys};
      const Matrix queries{qs + q_at, q_stride}, keys{ks + k_at, k_stride}, dout{douts + q_at, q_stride};
      multiply(p, queries, false, keys, true, block.rows, block.keys, width, batch.factor, 0);
      multiply(ds, dout, false, {vs + k_at, k_stride}, true, block.rows, block.keys, width, 1, 0);
      kernels().softmax_backward(
          p.data, ds.data, sums + sum_at, block.from, block.to, block.rows, block.keys, dout.data, outs + q_at, width, q_stride);
      multiply({dvs + k_at, k_stride}, p, true, dout, false, block.keys, width, block.rows, 1, 1);
      multiply({dqs + q_at, q_stride}, ds, false, keys, false, block.rows, width, block.keys, batch.factor, 0);
      multiply({dks + k_at, k_stride}, ds, true, queries, false, block.keys, width, block.rows, batch.factor, 1);
    });
  });
}
