using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Model.Tests.Reference;

/// <summary>
/// An adapted Llama, Mistral or Qwen2 in float64 and plain loops, written from the formulas alone: RMS norm, rotate-half
/// RoPE with its scalings, causal grouped-query attention within a window, SwiGLU, biases, and
/// y = W₀x + b + Σ_e g_e (α/r) B_e A_e x at every target linear. Tensors come by their names in the files.
/// </summary>
/// <param name="config">The backbone's architecture.</param>
/// <param name="weights">Its tensors by Hugging Face names, row-major.</param>
/// <param name="spec">The adapter, or null for the backbone alone.</param>
/// <param name="adapter">The adapter's tensors by the documented names, row-major.</param>
/// <param name="change">Instead of an adapter: what a linear adds for a row x, by layer, path in the layer, and x; null
/// for nothing.</param>
internal sealed class ReferenceModel(
    LlamaConfig config,
    IReadOnlyDictionary<string, double[]> weights,
    AdapterSpec? spec = null,
    IReadOnlyDictionary<string, double[]>? adapter = null,
    Func<int, string, double[], double[]?>? change = null)
{
    private static readonly string[] Attention = ["q_proj", "k_proj", "v_proj", "o_proj"];

    /// <summary>Logits of every position; [S][vocabulary].</summary>
    public double[][] Logits(int[] tokens)
    {
        var embedding = weights.TryGetValue("model.embed_tokens.weight", out var stored)
            ? stored
            : weights["lm_head.weight"];
        var head = config.TiedEmbeddings ? embedding : weights["lm_head.weight"];
        var h = Array.ConvertAll(tokens, token =>
            embedding[(token * config.HiddenSize)..((token + 1) * config.HiddenSize)]);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            Block(layer, h);
        }

        return [.. h.Select(row => Multiply(head, Norm(row, "model.norm.weight")))];
    }

    /// <summary>Mean negative log-likelihood of each next token, in nats.</summary>
    public double Nll(int[] tokens)
    {
        var logits = Logits(tokens);
        return Enumerable.Range(0, tokens.Length - 1)
            .Average(i => LogSumExp(logits[i]) - logits[i][tokens[i + 1]]);
    }

    /// <summary>Σ_e gate of each expert for a row that reads x at a router of a layer.</summary>
    public double[] Gates(string site, int layer, double[] x)
    {
        var router = spec!.Router;
        var experts = spec.Experts.CountPerLayer[layer];
        var name = $"base_model.model.model.layers.{layer}.{site}.router.";
        if (router.Kind == "topk")
        {
            return TopK(Softmax(Multiply(adapter![name + "sub.0.weight"], x)), router.TopK);
        }

        var scores = Enumerable.Range(0, router.SubRouters)
            .Select(j => Multiply(adapter![$"{name}sub.{j}.weight"], x))
            .ToArray();
        var main = router.SubRouters == 1 ? [1.0] : Softmax(Multiply(adapter![name + "main.weight"], x));
        main = TopK(main, router.TopM ?? router.SubRouters);
        var mixed = new double[experts];
        for (var e = 0; e < experts; e++)
        {
            for (var j = 0; j < main.Length; j++)
            {
                var mixesLogits = router.Mixing == RouterMixing.Logit;
                mixed[e] += main[j] * (mixesLogits ? scores[j][e] : Softmax(scores[j])[e]);
            }
        }

        return TopK(router.Mixing == RouterMixing.Probability ? mixed : Softmax(mixed), router.TopK);
    }

    private void Block(int layer, double[][] h)
    {
        var norm = $"model.layers.{layer}.";
        var x = Map(h, row => Norm(row, norm + "input_layernorm.weight"));
        var block = x;
        var q = Rope(Apply(layer, "q_proj", "self_attn.qkv", x, block), config.Heads);
        var k = Rope(Apply(layer, "k_proj", "self_attn.qkv", x, block), config.KeyValueHeads);
        var v = Apply(layer, "v_proj", "self_attn.qkv", x, block);
        Add(h, Apply(layer, "o_proj", "self_attn.o", Attend(layer, q, k, v), block));
        x = Map(h, row => Norm(row, norm + "post_attention_layernorm.weight"));
        var gate = Apply(layer, "gate_proj", "mlp.gate_up", x, block);
        var up = Apply(layer, "up_proj", "mlp.gate_up", x, block);
        var inner = gate.Zip(up, (g, u) => g.Zip(u, (left, right) => left / (1 + Math.Exp(-left)) * right).ToArray());
        Add(h, Apply(layer, "down_proj", "mlp.down", [.. inner], block));
    }

    /// <summary>One linear with its experts, for all rows.</summary>
    private double[][] Apply(int layer, string linear, string point, double[][] x, double[][] block)
    {
        var path = $"{(Attention.Contains(linear) ? "self_attn" : "mlp")}.{linear}";
        var y = Map(x, row => Multiply(weights[$"model.layers.{layer}.{path}.weight"], row));
        if (config.Biased.Any(biased => biased.ShortName() == linear))
        {
            var bias = weights[$"model.layers.{layer}.{path}.bias"];
            y = Map(y, row => [.. row.Zip(bias, (value, added) => value + added)]);
        }

        if (change is not null)
        {
            return [.. y.Zip(x, (row, input) => change(layer, path, input) is { } more
                ? row.Zip(more, (left, right) => left + right).ToArray()
                : row)];
        }

        if (spec is null || !spec.Experts.Targets.Any(target => target.ShortName() == linear))
        {
            return y;
        }

        for (var row = 0; row < x.Length; row++)
        {
            var gates = spec.Router switch
            {
                { Kind: "none" } => [1.0],
                { Scope: RouterScope.Linear } => Gates(path, layer, x[row]),
                { Scope: RouterScope.Dispatch } => Gates(point, layer, x[row]),
                _ => Gates("block", layer, block[row]),
            };
            for (var e = 0; e < gates.Length; e++)
            {
                var name = $"base_model.model.model.layers.{layer}.{path}.";
                name += spec.Router.Kind == "none" ? "" : $"experts.{e}.";
                var inner = Multiply(adapter![name + "lora_A.weight"], x[row]);
                var delta = Multiply(adapter[name + "lora_B.weight"], inner);
                for (var i = 0; i < delta.Length; i++)
                {
                    y[row][i] += gates[e] * spec.Experts.Alpha / spec.Experts.RankPerLayer[layer] * delta[i];
                }
            }
        }

        return y;
    }

    private double[][] Attend(int layer, double[][] q, double[][] k, double[][] v)
    {
        var (size, group) = (config.HeadSize, config.Heads / config.KeyValueHeads);
        var mixed = Map(q, row => new double[row.Length]);
        for (var t = 0; t < q.Length; t++)
        {
            for (var head = 0; head < config.Heads; head++)
            {
                var (from, source) = (head * size, head / group * size);
                var scores = new double[t + 1];
                for (var s = 0; s <= t; s++)
                {
                    // A query sees the window's last keys, its own among them.
                    var isPast = t - s >= (config.Window(layer) ?? int.MaxValue);
                    scores[s] = isPast
                        ? double.NegativeInfinity
                        : Dot(q[t].AsSpan(from, size), k[s].AsSpan(source, size)) / Math.Sqrt(size);
                }

                var share = Softmax(scores);
                for (var s = 0; s <= t; s++)
                {
                    for (var i = 0; i < size; i++)
                    {
                        mixed[t][from + i] += share[s] * v[s][source + i];
                    }
                }
            }
        }

        return mixed;
    }

    private double[][] Rope(double[][] x, int heads)
    {
        var (size, half) = (config.HeadSize, config.HeadSize / 2);
        for (var position = 0; position < x.Length; position++)
        {
            for (var head = 0; head < heads; head++)
            {
                for (var i = 0; i < half; i++)
                {
                    var angle = position * Frequency(i);
                    var (low, high) = ((head * size) + i, (head * size) + i + half);
                    var (a, b) = (x[position][low], x[position][high]);
                    x[position][low] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                    x[position][high] = (b * Math.Cos(angle)) + (a * Math.Sin(angle));
                }
            }
        }

        return x;
    }

    /// <summary>Radians per position of pair i, by wave lengths as Meta's llama-models writes it.</summary>
    private double Frequency(int i)
    {
        var frequency = Math.Pow(config.RopeTheta, -2.0 * i / config.HeadSize);
        if (config.RopeScaling is LinearRopeScaling linear)
        {
            return frequency / linear.Factor;
        }

        if (config.RopeScaling is not Llama3RopeScaling scaling)
        {
            return frequency;
        }

        var waveLength = 2 * Math.PI / frequency;
        if (waveLength < scaling.OriginalPositions / scaling.HighFrequencyFactor)
        {
            return frequency;
        }

        if (waveLength > scaling.OriginalPositions / scaling.LowFrequencyFactor)
        {
            return frequency / scaling.Factor;
        }

        var smooth = ((scaling.OriginalPositions / waveLength) - scaling.LowFrequencyFactor)
            / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return ((1 - smooth) * frequency / scaling.Factor) + (smooth * frequency);
    }

    private double[] Norm(double[] x, string weight)
    {
        var scale = 1 / Math.Sqrt((x.Sum(value => value * value) / x.Length) + config.NormEpsilon);
        return [.. x.Zip(weights[weight], (value, factor) => value * scale * factor)];
    }

    private static double[] TopK(double[] p, int k)
    {
        var kept = p.Select((value, index) => (value, index)).OrderByDescending(pair => pair.value).Take(k).ToArray();
        var sum = kept.Sum(pair => pair.value);
        var gates = new double[p.Length];
        foreach (var (value, index) in kept)
        {
            gates[index] = value / sum;
        }

        return gates;
    }

    /// <summary>e^z, divided by their sum.</summary>
    public static double[] Softmax(double[] z)
    {
        var total = LogSumExp(z);
        return Array.ConvertAll(z, value => Math.Exp(value - total));
    }

    private static double LogSumExp(double[] z) => z.Max() + Math.Log(z.Sum(value => Math.Exp(value - z.Max())));

    /// <summary>A matrix, row-major, times a column.</summary>
    public static double[] Multiply(double[] matrix, double[] x)
    {
        var y = new double[matrix.Length / x.Length];
        for (var row = 0; row < y.Length; row++)
        {
            y[row] = Dot(matrix.AsSpan(row * x.Length, x.Length), x);
        }

        return y;
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static void Add(double[][] h, double[][] y)
    {
        for (var row = 0; row < h.Length; row++)
        {
            h[row] = [.. h[row].Zip(y[row], (left, right) => left + right)];
        }
    }

    private static double[][] Map(double[][] rows, Func<double[], double[]> of) => [.. rows.Select(of)];
}
