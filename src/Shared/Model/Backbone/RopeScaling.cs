namespace MoR.Model.Backbone;

/// <summary>How a backbone stretches its rotary frequencies, to reach beyond the positions that it was first trained on.</summary>
public abstract record RopeScaling
{
    /// <summary>Kind and numbers, as fingerprints and messages name them, such as <c>linear 4</c>.</summary>
    public abstract string Text { get; }

    /// <summary>The stretched frequency.</summary>
    /// <param name="frequency">θ^(−2i/C), in radians per position.</param>
    public abstract double Apply(double frequency);
}
