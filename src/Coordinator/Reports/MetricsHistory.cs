using System.Text.Json;

namespace MoR.Coordinator.Reports;

/// <summary>
/// Reads <c>metrics.jsonl</c>: one line per step, and one per evaluation. A report should come out of a damaged
/// file too, so lines that cannot be read are counted, and missing numbers are NaN.
/// </summary>
internal sealed class MetricsHistory
{
    /// <summary>Numbers of a step's line that every run has; any other is an auxiliary loss under its name.</summary>
    private static readonly string[] known =
    [
        "step", "loss", "learning_rate", "gradient_norm", "tokens", "targets", "seconds", "tokens_per_second", "load_cv",
    ];

    private readonly List<StepMetrics> _steps = [];
    private readonly List<EvaluationMetrics> _evaluations = [];

    private MetricsHistory()
    {
    }

    public IReadOnlyList<StepMetrics> Steps => _steps;

    public IReadOnlyList<EvaluationMetrics> Evaluations => _evaluations;

    public int UnreadableLines { get; private set; }

    public static MetricsHistory Parse(IEnumerable<string> lines)
    {
        var history = new MetricsHistory();
        foreach (var line in lines.Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                history.Add(document.RootElement);
            }
            catch (JsonException)
            {
                history.UnreadableLines++;
            }
        }

        return history;
    }

    private void Add(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object
            || !line.TryGetProperty("step", out var stepValue) || stepValue.ValueKind != JsonValueKind.Number
            || !stepValue.TryGetInt64(out var step))
        {
            UnreadableLines++;
        }
        else if (line.TryGetProperty("evaluation", out var evaluation))
        {
            AddEvaluation(step, evaluation);
        }
        else
        {
            _steps.Add(new StepMetrics
            {
                Step = step,
                Loss = Number(line, "loss"),
                LearningRate = Number(line, "learning_rate"),
                GradientNorm = Number(line, "gradient_norm"),
                IsSkipped = line.TryGetProperty("skipped", out var skipped) && skipped.ValueKind == JsonValueKind.True,
                Seconds = Number(line, "seconds"),
                TokensPerSecond = Number(line, "tokens_per_second"),
                LoadVariation = Number(line, "load_cv"),
                Auxiliary = line.EnumerateObject()
                    .Where(member => member.Value.ValueKind == JsonValueKind.Number && !known.Contains(member.Name))
                    .DistinctBy(member => member.Name, StringComparer.Ordinal)
                    .ToDictionary(member => member.Name, member => Number(member.Value), StringComparer.Ordinal),
                Load =
                [
                    .. Members(line, "load").Where(member => member.Value.ValueKind == JsonValueKind.Array).Select(
                        member => KeyValuePair.Create(
                            member.Name, member.Value.EnumerateArray().Select(Number).ToArray())),
                ],
            });
        }
    }

    private void AddEvaluation(long step, JsonElement evaluation)
    {
        if (evaluation.ValueKind != JsonValueKind.Object)
        {
            UnreadableLines++;
            return;
        }

        foreach (var task in evaluation.EnumerateObject().Where(task => task.Value.ValueKind == JsonValueKind.Object))
        {
            var metric = task.Value.TryGetProperty("metric", out var name) && name.ValueKind == JsonValueKind.String
                ? name.GetString()!
                : "";
            _evaluations.Add(new EvaluationMetrics(step, task.Name, metric, Number(task.Value, "value")));
        }
    }

    private static IEnumerable<JsonProperty> Members(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject().DistinctBy(member => member.Name, StringComparer.Ordinal)
            : [];

    private static double Number(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) ? Number(value) : double.NaN;

    private static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : double.NaN;
}
