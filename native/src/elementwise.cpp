// Element by element, with broadcasting; the in-place forms end in an underscore as in libtorch.
#include "mor.h"

MOR_1(neg, a.neg())
MOR_1(exp, a.exp())
MOR_1(log, a.log())
MOR_1(sqrt, a.sqrt())
MOR_1(rsqrt, a.rsqrt())
MOR_1(abs, a.abs())
MOR_1(sin, a.sin())
MOR_1(cos, a.cos())
MOR_1(sigmoid, a.sigmoid())
MOR_1(tanh, a.tanh())
MOR_1(relu, a.relu())
MOR_1(silu, at::silu(a))
MOR_1(reciprocal, a.reciprocal())
MOR_1(floor, a.floor())
MOR_1(round, a.round())

MOR_2(mul, a.mul(b))
MOR_2(div, a.div(b))
MOR_2(pow, a.pow(b))
MOR_2(maximum, at::maximum(a, b))
MOR_2(minimum, at::minimum(a, b))

MOR_1S(add_scalar, a.add(s))
MOR_1S(sub_scalar, a.sub(s))
MOR_1S(mul_scalar, a.mul(s))
MOR_1S(div_scalar, a.div(s))
MOR_1S(pow_scalar, a.pow(s))

MOR_API mor_add(Handle a, Handle b, MorScalar alpha, Handle* out) {
  return guarded([&] { *out = wrap(a->add(*b, alpha.value())); });
}

MOR_API mor_sub(Handle a, Handle b, Handle* out) {
  return guarded([&] { *out = wrap(a->sub(*b)); });
}

// has_min and has_max say which bounds count.
MOR_API mor_clamp(Handle a, MorScalar min, int32_t has_min, MorScalar max, int32_t has_max, Handle* out) {
  return guarded([&] {
    Optional<at::Scalar> low, high;
    if (has_min) low = min.value();
    if (has_max) high = max.value();
    *out = wrap(a->clamp(low, high));
  });
}

MOR_INTO_1(zero_, a.zero_())
MOR_INTO_1(exp_, a.exp_())
MOR_INTO_1(neg_, a.neg_())
MOR_INTO_1(sqrt_, a.sqrt_())
MOR_INTO_1S(fill_, a.fill_(s))
MOR_INTO_1S(add_scalar_, a.add_(s))
MOR_INTO_1S(sub_scalar_, a.sub_(s))
MOR_INTO_1S(mul_scalar_, a.mul_(s))
MOR_INTO_1S(div_scalar_, a.div_(s))
MOR_INTO_2(sub_, a.sub_(b))
MOR_INTO_2(mul_, a.mul_(b))
MOR_INTO_2(div_, a.div_(b))

MOR_API mor_add_(Handle a, Handle b, MorScalar alpha) {
  return guarded([&] { a->add_(*b, alpha.value()); });
}

MOR_API mor_copy_(Handle a, Handle b, int32_t non_blocking) {
  return guarded([&] { a->copy_(*b, non_blocking != 0); });
}

MOR_API mor_addcmul_(Handle a, Handle b, Handle c, MorScalar value) {
  return guarded([&] { a->addcmul_(*b, *c, value.value()); });
}

MOR_API mor_addcdiv_(Handle a, Handle b, Handle c, MorScalar value) {
  return guarded([&] { a->addcdiv_(*b, *c, value.value()); });
}
