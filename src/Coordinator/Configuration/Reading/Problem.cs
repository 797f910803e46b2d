namespace MoR.Coordinator.Configuration.Reading;

/// <summary>One thing that is wrong with a configuration file or option.</summary>
/// <param name="Place">Where it was found.</param>
/// <param name="Text">Key, offending value and what is allowed, without a final period.</param>
/// <param name="NextStep">What to do, a full sentence.</param>
public sealed record Problem(Place Place, string Text, string NextStep)
{
    /// <summary>The text with the line in front.</summary>
    public string TextWithLine => Place.Line > 0 ? $"line {Place.Line}: {Text}" : Text;
}
