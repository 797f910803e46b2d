using static TorchSharp.torch;

namespace MoR.Torch.Tests.Api;

public sealed class OperationTests : TensorTest
{
    private readonly Tensor a = tensor(new[] { 1.0, 2.0, 3.0, 4.0, 5.0, 6.0 }, [2, 3]);

    public static TheoryData<string, Func<Tensor, Tensor>, Func<double, double>> Functions() => new()
    {
        { "neg", x => x.neg(), x => -x },
        { "exp", x => x.exp(), Math.Exp },
        { "log", x => x.log(), Math.Log },
        { "sqrt", x => x.sqrt(), Math.Sqrt },
        { "rsqrt", x => x.rsqrt(), x => 1 / Math.Sqrt(x) },
        { "square", x => x.square(), x => x * x },
        { "abs", x => (-x).abs(), x => x },
        { "sin", x => x.sin(), Math.Sin },
        { "cos", x => x.cos(), Math.Cos },
        { "sigmoid", x => x.sigmoid(), x => 1 / (1 + Math.Exp(-x)) },
        { "tanh", x => x.tanh(), Math.Tanh },
        { "relu", x => (x - 3).relu(), x => Math.Max(x - 3, 0) },
        { "silu", x => nn.functional.silu(x), x => x / (1 + Math.Exp(-x)) },
        { "reciprocal", x => x.reciprocal(), x => 1 / x },
        { "floor", x => (x / 2).floor(), x => Math.Floor(x / 2) },
        { "round", x => (x / 4).round(), x => Math.Round(x / 4) },
        { "pow", x => x.pow(1.5), x => Math.Pow(x, 1.5) },
        { "clamp", x => x.clamp(2, 4.5), x => Math.Clamp(x, 2, 4.5) },
        { "clamp from below", x => x.clamp(min: 3), x => Math.Max(x, 3) },
        { "x + 2", x => x + 2, x => x + 2 },
        { "2 - x", x => 2 - x, x => 2 - x },
        { "x * 2", x => 2.0 * x, x => 2 * x },
        { "1 / x", x => 1 / x, x => 1 / x },
        { "x / 4", x => x / 4, x => x / 4 },
        { "x + x", x => x + x, x => x + x },
        { "x - 2x", x => x.sub(x * 2), x => -x },
        { "x * x", x => x * x, x => x * x },
        { "x / x²", x => x / (x * x), x => 1 / x },
        { "x + 3x", x => x.add(x, 3), x => 4 * x },
        { "x^x", x => x.pow(x), x => Math.Pow(x, x) },
        { "max", x => x.maximum(full_like(x, 3)), x => Math.Max(x, 3) },
        { "min", x => minimum(x, full_like(x, 3)), x => Math.Min(x, 3) },
        { "exp_", x => x.clone().exp_(), Math.Exp },
        { "neg_", x => x.clone().neg_(), x => -x },
        { "sqrt_", x => x.clone().sqrt_(), Math.Sqrt },
        { "add_", x => x.clone().add_(x, 0.5).add_(x).add_(1), x => (2.5 * x) + 1 },
        { "sub_", x => x.clone().sub_(x * 2).sub_(1), x => -x - 1 },
        { "mul_", x => x.clone().mul_(x).mul_(3), x => 3 * x * x },
        { "div_", x => x.clone().div_(x).div_(4), _ => 0.25 },
        { "fill_", x => x.clone().zero_().fill_(7), _ => 7 },
        { "copy_", x => zeros_like(x).copy_(x), x => x },
        { "addcmul_", x => x.clone().addcmul_(x, x, 2), x => x + (2 * x * x) },
        { "addcdiv_", x => x.clone().addcdiv_(x, x, -2), x => x - 2 },
        { "masked_fill", x => x.masked_fill(x.gt(3), 0), x => x > 3 ? 0 : x },
        { "masked_fill_", x => x.clone().masked_fill_(x.gt(3), 0), x => x > 3 ? 0 : x },
        { "where", x => where(x.lt(3), x, -x), x => x < 3 ? x : -x },
        { "eq", x => x.eq(3), x => x == 3 ? 1 : 0 },
        { "ne", x => x.ne(3), x => x != 3 ? 1 : 0 },
        { "le", x => x.le(3), x => x <= 3 ? 1 : 0 },
        { "ge", x => x.ge(full_like(x, 3)), x => x >= 3 ? 1 : 0 },
        { "logic", x => x.gt(2).logical_and(x.lt(5)).logical_or(x.eq(1)), x => x is > 2 and < 5 or 1 ? 1 : 0 },
        { "not", x => x.gt(2).logical_not(), x => x > 2 ? 0 : 1 },
        { "isfinite", x => (1 / (x - 3)).isfinite(), x => x == 3 ? 0 : 1 },
        { "isnan", x => ((x - 3) / (x - 3)).isnan(), x => x == 3 ? 1 : 0 },
        { "view", x => x.view(3, 2).reshape(-1), x => x },
        { "transposed twice", x => x.t().contiguous().transpose(0, 1), x => x },
        { "flatten", x => x.flatten().view_as(x), x => x },
        { "detach", x => x.detach().alias(), x => x },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Element_by_element(string name, Func<Tensor, Tensor> operation, Func<double, double> reference)
    {
        var result = operation(a);

        Assert.Equal(6, result.numel());
        Assertions.Values([.. new double[] { 1, 2, 3, 4, 5, 6 }.Select(reference)], result, 1e-12);
        Assert.Equal([1.0, 2, 3, 4, 5, 6], a.data<double>().ToArray());
        Assert.NotEmpty(name);
    }

    [Fact]
    public void Reductions()
    {
        Assert.Equal(21, a.sum().item<double>());
        Assertions.Values([5, 7, 9], a.sum(0));
        Assert.Equal([2L, 1L], a.sum(1, keepdim: true).shape);
        Assertions.Values([21], a.sum([0, 1]));
        Assert.Equal(ScalarType.Float32, a.sum(0, type: float32).dtype);
        Assert.Equal(3.5, a.mean().item<double>());
        Assertions.Values([2, 5], a.mean([1]));
        Assert.Equal((6, 1), (a.max().item<double>(), a.min().item<double>()));
        Assertions.Values([3, 6], a.max(1).values);
        Assertions.Values([2, 2], a.max(1).indexes);
        Assertions.Values([1, 2, 3], a.min(0).values);
        Assertions.Values([4, 5, 6], a.amax([0]));
        Assert.Equal(5, a.argmax().item<long>());
        Assertions.Values([1, 1, 1], a.argmax(0));
        Assertions.Values([1, 3, 6, 4, 9, 15], a.cumsum(1));
        Assertions.Values([Math.Log(Math.Exp(1) + Math.Exp(4))], a.logsumexp(0).narrow(0, 0, 1), 1e-12);
        Assert.Equal(Math.Sqrt(91), a.norm().item<double>(), 12);
        Assertions.Values([5, 7, 9], a.norm(0, p: 1), 1e-12);
        Assert.True(a.gt(0).all().item<bool>());
        Assert.False(a.gt(6).any().item<bool>());
        Assertions.Values([0, 1], a.gt(3).any(1));
        Assertions.Values([0, 1], a.gt(3).all(1));
    }

    [Fact]
    public void Orders()
    {
        var x = tensor(new[] { 3f, 1f, 2f });
        Assertions.Values([3, 2], x.topk(2).values);
        Assertions.Values([0, 2], x.topk(2).indexes);
        Assertions.Values([1], x.topk(1, largest: false).values);
        Assertions.Values([1, 2, 3], x.sort().Values);
        Assertions.Values([0, 2, 1], x.sort(descending: true).Indices);
        Assertions.Values([0, 1, 2, 3], zeros(4).sort(stable: true).Indices);
        Assertions.Values([1, 2, 0], x.argsort());
    }

    [Fact]
    public void Shapes()
    {
        Assert.Equal([3L, 2L], a.t().shape);
        Assert.False(a.t().is_contiguous());
        Assert.Equal([1L, 3L], a.t().stride());
        Assert.Equal([3L, 1L, 2L], a.unsqueeze(0).permute(2, 0, 1).shape);
        Assert.Equal([2L, 3L], a.unsqueeze(0).squeeze(0).shape);
        Assert.Equal([2L, 3L], a.unsqueeze(0).unsqueeze(-1).squeeze().shape);
        Assert.Equal([4L, 2L, 3L], a.expand(4, -1, -1).shape);
        Assertions.Values([1, 2, 1, 2], tensor(new[] { 1f, 2f }).repeat(2));
        Assertions.Values([2, 3, 5, 6], a.narrow(1, 1, 2));
        Assertions.Values([1, 3, 4, 6], a.slice(1, 0, 3, 2));
        Assertions.Values([4, 5, 6], a.select(0, 1));
        Assertions.Values([1, 0, 0, 4, 5, 0], a.tril());
        Assertions.Values([0, 2, 3, 0, 0, 6], a.triu(1));
        Assert.Equal(6, a.flatten().size(-1));
        Assert.Equal([9L, 1, 1, 1, 1, 1, 1, 1, 2], ones(9, 2).view(9, 1, 1, 1, 1, 1, 1, 1, 2).shape);
    }

    [Fact]
    public void Pieces_are_views_that_add_up()
    {
        var five = arange(5);
        Assert.Equal([2L, 2L, 1L], five.split(2).Select(piece => piece.numel()));
        Assert.Equal([1L, 4L], five.split(new long[] { 1, 4 }, 0).Select(piece => piece.numel()));
        Assert.Equal([3L, 2L], five.chunk(2).Select(piece => piece.numel()));
        Assert.Equal([0L], zeros(0).split(3).Select(piece => piece.numel()));
        five.split(2)[1].zero_();
        Assertions.Values([0, 1, 0, 0, 4], five);
    }

    [Fact]
    public void Indexing()
    {
        var rows = tensor(new[] { 1L, 0L, 1L });
        Assertions.Values([4, 5, 6, 1, 2, 3, 4, 5, 6], a.index_select(0, rows));
        Assertions.Values([2, 6], a.gather(1, tensor(new[] { 1L, 2L }, [2, 1])));
        var source = ones(3, 3, dtype: float64);
        Assertions.Values([2, 3, 4, 6, 7, 8], a.index_add(0, rows, source, 1));
        Assertions.Values([2, 3, 4, 6, 7, 8], a.clone().index_add_(0, rows, source, 1));
        Assertions.Values([0, 2, 3, 4, 0, 6], a.scatter(1, Column(0, 1), zeros(2, 1, dtype: float64)));
        Assertions.Values([2, 2, 3, 4, 6, 6], a.scatter_add(1, Column(0, 1), ones(2, 1, dtype: float64)));
        Assertions.Values([2, 2, 3, 4, 6, 6], a.clone().scatter_add_(1, Column(0, 1), ones(2, 1, dtype: float64)));
        Assertions.Values([0, 2, 3, 4, 0, 6], a.clone().scatter_(1, Column(0, 1), zeros(2, 1, dtype: float64)));
        Assertions.Values([1, 1, 1, 4, 5, 6], a.index_copy(0, tensor(new[] { 0L }), source.narrow(0, 0, 1)));
        Assertions.Values([1, 1, 1, 4, 5, 6], a.clone().index_copy_(0, tensor(new[] { 0L }), source.narrow(0, 0, 1)));
        Assertions.Values([4, 5, 6], a.masked_select(a.gt(3)));
        Assertions.Values([1, 0, 1, 1, 1, 2], a.gt(3).nonzero());
    }

    [Fact]
    public void Products()
    {
        Assertions.Values([14, 32, 32, 77], a.mm(a.t()));
        Assertions.Values([14, 32, 32, 77], a.matmul(a.t()));
        Assertions.Values([14, 32, 32, 77], nn.functional.linear(a, a));
        Assertions.Values([15, 34, 33, 79], nn.functional.linear(a, a, tensor(new[] { 1.0, 2.0 })));
        Assertions.Values([14, 32, 32, 77], a.unsqueeze(0).bmm(a.t().unsqueeze(0)));
        Assert.Equal(14, a.select(0, 0).dot(a.select(0, 0)).item<double>());
    }

    [Fact]
    public void Functional_layers()
    {
        var x = tensor(new[] { 0.0, Math.Log(3) });
        Assertions.Values([0.25, 0.75], nn.functional.softmax(x, 0), 1e-12);
        Assert.Equal(ScalarType.Float32, softmax(x, 0, float32).dtype);
        Assertions.Values([Math.Log(0.25), Math.Log(0.75)], nn.functional.log_softmax(x, 0), 1e-12);
        Assertions.Values([0, 1, 1, 0], nn.functional.one_hot(tensor(new[] { 1L, 0L }), 2));
        var logits = x.expand(3, 2);
        var target = tensor(new[] { 1L, -100L, 0L });
        var mean = (-Math.Log(0.75) - Math.Log(0.25)) / 2;
        Assertions.Values([mean], nn.functional.cross_entropy(logits, target), 1e-12);
        Assertions.Values(
            [-Math.Log(0.75), 0, -Math.Log(0.25)],
            nn.functional.cross_entropy(logits, target, reduction: nn.Reduction.None),
            1e-12);
        Assertions.Values(
            [-5 * Math.Log(0.25)],
            nn.functional.cross_entropy(
                logits, target, tensor(new[] { 5.0, 0.0 }), reduction: nn.Reduction.Sum),
            1e-12);
    }

    private static Tensor Column(params long[] values) => tensor(values, [values.Length, 1]);
}
