namespace MoR.Model.Parameters;

/// <summary>
/// Where each trained parameter lies in one flat vector. Those with weight decay come first, so that the optimiser cuts
/// the vector once.
/// </summary>
public abstract class ParameterLayout
{
    private const int Alignment = 16; // elements: a cache line of float32, so that every matrix starts on one

    private readonly List<Parameter> _parameters = [];
    private long? _decayedLength;

    /// <summary>Every parameter, by offset.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>Length of the flat vector, gaps for alignment included.</summary>
    public long Length { get; private set; }

    /// <summary>Weight decay applies to the elements before this one.</summary>
    public long DecayedLength => _decayedLength ?? Length;

    /// <summary>Number of trained values.</summary>
    public long TrainedCount => _parameters.Sum(parameter => parameter.Count);

    /// <summary>Appends a parameter directly behind the last one.</summary>
    protected Parameter Add(string name, long[] shape, InitialValue initial)
    {
        var parameter = new Parameter(name, shape, Length, initial);
        _parameters.Add(parameter);
        Length += parameter.Count;
        return parameter;
    }

    /// <summary>The next parameter starts a cache line; without this, neighbours are one matrix.</summary>
    protected void Align() => Length = (Length + Alignment - 1) / Alignment * Alignment;

    /// <summary>The parameters from here on have no weight decay.</summary>
    protected void EndDecay() => _decayedLength = Length;
}
