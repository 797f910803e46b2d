using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoR.Coordinator.Training;

/// <summary>What a run remembers of itself beside parameters and moments: <c>trainer_state.json</c> of a checkpoint.</summary>
public sealed record RunProgress
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "trainer_state.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // The loss of a run that diverged may be no number, and its state is saved all the same.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Steps committed.</summary>
    public long Step { get; init; }

    /// <summary>Optimiser updates: steps that were not skipped.</summary>
    public long Updates { get; init; }

    /// <summary>Input tokens trained on.</summary>
    public long Tokens { get; init; }

    /// <summary>Seconds spent in steps, over all sessions.</summary>
    public double Seconds { get; init; }

    /// <summary>Steps whose gradient was not finite.</summary>
    public long SkippedSteps { get; init; }

    /// <summary>Whether some steps were trained without experts that no node had: such an adapter is not the one that the recipe
    /// gives.</summary>
    public bool Degraded => DegradedSteps.Count > 0;

    /// <summary>Those steps.</summary>
    public IReadOnlyList<DegradedSteps> DegradedSteps { get; init; } = [];

    /// <summary>Mean NLL of the fixed batch before the first step.</summary>
    public double? LossFirst { get; init; }

    /// <summary>Mean NLL of the fixed batch at <see cref="LossLastStep"/>.</summary>
    public double? LossLast { get; init; }

    /// <summary>Step of <see cref="LossLast"/>.</summary>
    public long LossLastStep { get; init; }

    /// <summary>Scores before the first step, by task.</summary>
    public IReadOnlyDictionary<string, TaskScore> Before { get; init; } = new Dictionary<string, TaskScore>();

    /// <summary>Scores of the latest evaluation, by task.</summary>
    public IReadOnlyDictionary<string, TaskScore> Latest { get; init; } = new Dictionary<string, TaskScore>();

    /// <summary>Step of the latest evaluation; 0 if there was none.</summary>
    public long LatestStep { get; init; }

    /// <summary>Step of the best evaluation so far, after the first step; null if there was none.</summary>
    public long? BestStep { get; init; }

    /// <summary><see cref="EvaluationScores.Merit"/> at <see cref="BestStep"/>.</summary>
    public double BestScore { get; init; }

    /// <summary>Evaluations since the best one.</summary>
    public int EvaluationsWithoutGain { get; init; }

    /// <summary>Input tokens per second of training.</summary>
    public double TokensPerSecond => Seconds > 0 ? Tokens / Seconds : 0;

    /// <summary>
    /// Whether nothing is left of a run whose schedule has some steps: its last loss and its last scores are there. A run
    /// that stopped early has fewer steps, and these all the same.
    /// </summary>
    public bool IsComplete(long steps) => Step > 0 && Step <= steps && LossLastStep == Step && LatestStep == Step;

    /// <summary>Writes the file.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, Format);

    /// <summary>Reads the file.</summary>
    public static RunProgress Read(byte[] content) => JsonSerializer.Deserialize<RunProgress>(content, Format)!;

    /// <summary>Takes up an evaluation at the current step.</summary>
    public RunProgress WithEvaluation(EvaluationScores evaluation)
    {
        var (scores, merit) = evaluation;
        if (Step == 0)
        {
            return this with { Before = scores };
        }

        var better = BestStep is null || merit > BestScore;
        return this with
        {
            Latest = scores,
            LatestStep = Step,
            BestStep = better ? Step : BestStep,
            BestScore = better ? merit : BestScore,
            EvaluationsWithoutGain = better ? 0 : EvaluationsWithoutGain + 1,
        };
    }
}
