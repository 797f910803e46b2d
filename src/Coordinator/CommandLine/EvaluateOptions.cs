namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor evaluate</c>.</summary>
public sealed record EvaluateOptions
{
    /// <summary>Run folder; or null with <see cref="Backbone"/>.</summary>
    public string? Run { get; init; }

    /// <summary>Backbone folder, instead of a run.</summary>
    public string? Backbone { get; init; }

    /// <summary>Adapter folder (PEFT layout); null to evaluate the backbone alone, or the run's adapter.</summary>
    public string? Adapter { get; init; }

    /// <summary>Tasks by name or file; empty for the run's own.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>Folder that task files' paths are relative to; null for the run's.</summary>
    public string? DataFolder { get; init; }

    /// <summary>A text file whose mean next-token NLL is wanted.</summary>
    public string? Text { get; init; }

    /// <summary>A file of token ids, separated by commas, whose mean next-token NLL is wanted.</summary>
    public string? Ids { get; init; }

    /// <summary>none, tokens or characters; null for the run's.</summary>
    public string? LengthNormalisation { get; init; }

    /// <summary>Items per task; 0 for all; null for the run's.</summary>
    public int? MaxItems { get; init; }

    /// <summary>Name of the backbone's type; null for the run's.</summary>
    public string? Dtype { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads for mathematics; null for all processors.</summary>
    public int? Threads { get; init; }
}
