namespace MoR.Coordinator.CommandLine;

/// <summary>An option or argument that can say which values it takes, for messages.</summary>
public interface IDescribedValue
{
    /// <summary>The allowed values, as in "Give {Allowed}.": "a whole number from 1 to 64".</summary>
    string Allowed { get; }

    /// <summary>Whether a text is an allowed value.</summary>
    bool Accepts(string text);
}
