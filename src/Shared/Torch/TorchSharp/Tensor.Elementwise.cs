using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor neg() => Wrap(mor_neg(handle, out var result), result, this);

        public Tensor exp() => Wrap(mor_exp(handle, out var result), result, this);

        public Tensor log() => Wrap(mor_log(handle, out var result), result, this);

        public Tensor sqrt() => Wrap(mor_sqrt(handle, out var result), result, this);

        public Tensor rsqrt() => Wrap(mor_rsqrt(handle, out var result), result, this);

        public Tensor abs() => Wrap(mor_abs(handle, out var result), result, this);

        public Tensor sin() => Wrap(mor_sin(handle, out var result), result, this);

        public Tensor cos() => Wrap(mor_cos(handle, out var result), result, this);

        public Tensor sigmoid() => Wrap(mor_sigmoid(handle, out var result), result, this);

        public Tensor tanh() => Wrap(mor_tanh(handle, out var result), result, this);

        public Tensor relu() => Wrap(mor_relu(handle, out var result), result, this);

        public Tensor reciprocal() => Wrap(mor_reciprocal(handle, out var result), result, this);

        public Tensor floor() => Wrap(mor_floor(handle, out var result), result, this);

        public Tensor round() => Wrap(mor_round(handle, out var result), result, this);

        public Tensor square() => pow(2);

        public Tensor add(Tensor target) => add(target, 1);

        public Tensor add(Tensor target, Scalar alpha) =>
            Wrap(mor_add(handle, target.handle, alpha, out var result), result, this, target);

        public Tensor add(Scalar scalar) => Wrap(mor_add_scalar(handle, scalar, out var result), result, this);

        public Tensor sub(Tensor target) => Wrap(mor_sub(handle, target.handle, out var result), result, this, target);

        public Tensor sub(Scalar target) => Wrap(mor_sub_scalar(handle, target, out var result), result, this);

        public Tensor mul(Tensor target) =>
            Wrap(mor_mul(handle, target.handle, out var result), result, this, target);

        public Tensor mul(Scalar target) => Wrap(mor_mul_scalar(handle, target, out var result), result, this);

        public Tensor div(Tensor target) =>
            Wrap(mor_div(handle, target.handle, out var result), result, this, target);

        public Tensor div(Scalar target) => Wrap(mor_div_scalar(handle, target, out var result), result, this);

        public Tensor pow(Tensor exponent) =>
            Wrap(mor_pow(handle, exponent.handle, out var result), result, this, exponent);

        public Tensor pow(Scalar exponent) => Wrap(mor_pow_scalar(handle, exponent, out var result), result, this);

        public Tensor maximum(Tensor other) =>
            Wrap(mor_maximum(handle, other.handle, out var result), result, this, other);

        public Tensor minimum(Tensor other) =>
            Wrap(mor_minimum(handle, other.handle, out var result), result, this, other);

        public Tensor max(Tensor other) => maximum(other);

        public Tensor min(Tensor other) => minimum(other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            var message = mor_clamp(
                handle, min ?? 0, Flag(min.HasValue), max ?? 0, Flag(max.HasValue), out var result);
            return Wrap(message, result, this);
        }
    }
}
