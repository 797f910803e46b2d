namespace MoR.Coordinator.Training;

/// <summary>One evaluation.</summary>
/// <param name="Scores">By task.</param>
/// <param name="Merit">What decides which evaluation is the best; the larger, the better.</param>
public sealed record EvaluationScores(IReadOnlyDictionary<string, TaskScore> Scores, double Merit);
