using MoR.Cluster.Random;

namespace MoR.Model.Parameters;

/// <summary>What the elements of a parameter start from.</summary>
public sealed record InitialValue
{
    private readonly Func<CounterRandom, Parameter, float[]>? _draw;

    private InitialValue(float constant, Func<CounterRandom, Parameter, float[]>? draw) => (Constant, _draw) = (constant, draw);

    /// <summary>All zeros.</summary>
    public static InitialValue Zero { get; } = new(0, null);

    /// <summary>All ones.</summary>
    public static InitialValue One { get; } = new(1, null);

    /// <summary>Kaiming-uniform with a = √5, which is U(−1/√columns, 1/√columns).</summary>
    public static InitialValue KaimingUniform { get; } = new(0, (random, parameter) =>
    {
        var bound = 1 / Math.Sqrt(parameter.Columns);
        return Draw(parameter, () => ((2 * random.NextDouble()) - 1) * bound);
    });

    /// <summary>The value of every element, unless <see cref="IsRandom"/>.</summary>
    public float Constant { get; }

    /// <summary>Whether the elements are drawn.</summary>
    public bool IsRandom => _draw is not null;

    /// <summary>Normal with mean 0.</summary>
    public static InitialValue Normal(double deviation) =>
        new(0, (random, parameter) => Draw(parameter, () => random.NextGaussian() * deviation));

    /// <summary>The elements of a parameter in their order; [<see cref="Parameter.Count"/>].</summary>
    internal float[] Values(Parameter parameter, CounterRandom random)
    {
        if (_draw is not null)
        {
            return _draw(random, parameter);
        }

        var values = new float[parameter.Count];
        Array.Fill(values, Constant);
        return values;
    }

    private static float[] Draw(Parameter parameter, Func<double> next)
    {
        var values = new float[parameter.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)next();
        }

        return values;
    }
}
