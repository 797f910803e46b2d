namespace MoR.Coordinator.CommandLine;

/// <summary>Arguments of <c>mor generate</c>.</summary>
public sealed record GenerateOptions
{
    /// <summary>Run folder; or null with <see cref="Backbone"/>.</summary>
    public string? Run { get; init; }

    /// <summary>Backbone folder, instead of a run.</summary>
    public string? Backbone { get; init; }

    /// <summary>Adapter folder; null for the backbone alone, or the run's adapter.</summary>
    public string? Adapter { get; init; }

    /// <summary>The text to continue.</summary>
    public required string Prompt { get; init; }

    /// <summary>Whether the prompt is a user's message, to be answered through the backbone's chat template.</summary>
    public bool Chat { get; init; }

    /// <summary>System message of a chat; null for none, or the chat template's own.</summary>
    public string? System { get; init; }

    /// <summary>At most this many new tokens.</summary>
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>0 takes the likeliest token; otherwise logits are divided by it before sampling.</summary>
    public double Temperature { get; init; }

    /// <summary>Samples among the likeliest tokens whose probabilities add up to this; 1 for all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Seed of the sampling.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Name of the backbone's type; null for the run's.</summary>
    public string? Dtype { get; init; }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Threads for mathematics; null for all processors.</summary>
    public int? Threads { get; init; }
}
