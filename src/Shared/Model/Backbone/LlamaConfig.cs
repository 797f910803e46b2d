namespace MoR.Model.Backbone;

/// <summary>
/// The architecture of a backbone of Llama's family (Llama, Mistral, Qwen2), from the <c>config.json</c> of a Hugging Face
/// folder.
/// </summary>
public sealed record LlamaConfig
{
    /// <summary>The architecture's name, <c>model_type</c> in the file.</summary>
    public string ModelType { get; init; } = "llama";

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width between gate/up and down.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; each serves <see cref="Heads"/> / <see cref="KeyValueHeads"/> query heads (GQA).</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest sequence that the backbone was made for, in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>ε of the RMS norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Base of the rotary embedding's frequencies.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>How those frequencies are stretched; null if they are not.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>
    /// Per layer how many of the latest keys a query sees, its own included; null where it sees all. Empty if every layer
    /// sees all.
    /// </summary>
    public IReadOnlyList<int?> Windows { get; init; } = [];

    /// <summary>Linears that add a frozen bias, the same in every layer.</summary>
    public IReadOnlyList<Linear> Biased { get; init; } = [];

    /// <summary>True if the output head is the embedding.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Tokens that end a text; may be empty.</summary>
    public required IReadOnlyList<int> EndOfText { get; init; }

    /// <summary>How many of the latest keys a query of a layer sees, its own included; null for all.</summary>
    public int? Window(int layer) => Windows.Count == 0 ? null : Windows[layer];

    /// <summary>Width of the rows that a linear reads.</summary>
    public int InputWidth(Linear linear) => linear switch
    {
        Linear.OProj => Heads * HeadSize,
        Linear.DownProj => IntermediateSize,
        _ => HiddenSize,
    };

    /// <summary>Width of the rows that a linear writes.</summary>
    public int OutputWidth(Linear linear) => linear switch
    {
        Linear.QProj => Heads * HeadSize,
        Linear.KProj or Linear.VProj => KeyValueHeads * HeadSize,
        Linear.GateProj or Linear.UpProj => IntermediateSize,
        _ => HiddenSize,
    };

    /// <summary>Width of the activation at a dispatch point.</summary>
    public int InputWidth(Site site) => InputWidth(new DispatchPoint(0, site).Linears[0]);

    /// <summary>How many dispatch points the backbone has.</summary>
    public int DispatchPoints => Layers * DispatchPoint.PerLayer;
}
