using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;

namespace MoR.Coordinator.Evaluation;

/// <summary>The metrics of tasks, from predicted and right labels (indices of choices) or texts, item by
/// item.</summary>
public static class Metrics
{
    /// <summary>Mean negative log-likelihood per token in nats, as a metric.</summary>
    public const string NegativeLogLikelihood = "nll";

    /// <summary>The score of a task with choices.</summary>
    /// <param name="metric">Any metric; exact match of the chosen text is the accuracy.</param>
    /// <param name="predicted">Per item the chosen index.</param>
    /// <param name="labels">Per item the right index.</param>
    public static MetricResult OfChoices(TaskMetric metric, ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels)
    {
        double accuracy = Accuracy(predicted, labels);
        double value = metric switch
        {
            TaskMetric.Accuracy or TaskMetric.ExactMatch => accuracy,
            TaskMetric.Matthews => Matthews(predicted, labels),
            TaskMetric.F1 => F1(predicted, labels),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "Unknown metric."),
        };
        return new MetricResult(NameOf(metric), value, accuracy, labels.Length);
    }

    /// <summary>The score of a task that is answered in free text: the fraction of exact matches.</summary>
    public static MetricResult OfTexts(IReadOnlyList<string> predicted, IReadOnlyList<string> references)
    {
        CheckLengths(predicted.Count, references.Count);
        int right = 0;
        for (int i = 0; i < references.Count; i++)
        {
            right += ExactMatch.Matches(predicted[i], references[i]) ? 1 : 0;
        }

        double fraction = (double)right / references.Count;
        return new MetricResult(NameOf(TaskMetric.ExactMatch), fraction, fraction, references.Count);
    }

    /// <summary>The perplexity of sequences: e to the mean negative log-likelihood of their predicted tokens.</summary>
    /// <param name="logLikelihoods">Per sequence Σ log p of its predicted tokens, in nats.</param>
    /// <param name="predictedTokens">Predicted tokens of all sequences, at least 1.</param>
    /// <exception cref="RunException">A log-likelihood is not a number.</exception>
    public static MetricResult OfLikelihoods(IReadOnlyList<double> logLikelihoods, long predictedTokens)
    {
        double perplexity = Math.Exp(-logLikelihoods.Sum() / predictedTokens);
        return double.IsNaN(perplexity)
            ? throw new RunException(
                "evaluation",
                "the log-likelihood of a text is not a number",
                "Evaluate an earlier checkpoint, and train again with a lower learning rate.")
            : new MetricResult(NameOf(TaskMetric.Perplexity), perplexity, null, logLikelihoods.Count)
            {
                PredictedTokens = predictedTokens,
            };
    }

    /// <summary>
    /// A metric's value as a score that is the better the higher it is: the value, but of a perplexity its negative
    /// logarithm, which is the mean log-likelihood per token in nats, and of a negative log-likelihood its opposite.
    /// </summary>
    /// <param name="metric">Name of the metric.</param>
    /// <param name="value">Its value.</param>
    public static double Merit(string metric, double value) => metric == NegativeLogLikelihood ? -value
        : IsLowerBetter(metric) ? -Math.Log(value)
        : value;

    /// <summary>The metric's name for people, with its direction where that is not the usual one.</summary>
    public static string Label(string metric) => IsLowerBetter(metric) ? $"{metric} (lower is better)" : metric;

    /// <summary>Fraction of items whose predicted label is the right one.</summary>
    public static double Accuracy(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels)
    {
        CheckLengths(predicted.Length, labels.Length);
        int right = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            right += predicted[i] == labels[i] ? 1 : 0;
        }

        return (double)right / labels.Length;
    }

    /// <summary>
    /// Matthews correlation coefficient, -1..1 (Matthews 1975; for more than two classes R_K of Gorodkin, "Comparing
    /// two K-category assignments by a K-category correlation coefficient", 2004). It is 0 when all predictions or all
    /// labels are of one class, where the quotient is 0/0.
    /// </summary>
    public static double Matthews(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels)
    {
        CheckLengths(predicted.Length, labels.Length);
        int classes = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            classes = Math.Max(classes, Math.Max(predicted[i], labels[i]) + 1);
        }

        long[] timesPredicted = new long[classes];
        long[] timesRight = new long[classes];
        long agreed = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            timesPredicted[predicted[i]]++;
            timesRight[labels[i]]++;
            agreed += predicted[i] == labels[i] ? 1 : 0;
        }

        long total = labels.Length;
        double covariance = ((double)agreed * total) - SumOfProducts(timesPredicted, timesRight);
        double predictedVariance = ((double)total * total) - SumOfProducts(timesPredicted, timesPredicted);
        double rightVariance = ((double)total * total) - SumOfProducts(timesRight, timesRight);
        double scale = Math.Sqrt(predictedVariance) * Math.Sqrt(rightVariance);
        return scale == 0 ? 0 : covariance / scale;
    }

    /// <summary>
    /// F1 of two classes, 0..1: the harmonic mean of precision and recall of class 1. It is 0 when class 1 is neither
    /// predicted nor right anywhere.
    /// </summary>
    public static double F1(ReadOnlySpan<int> predicted, ReadOnlySpan<int> labels)
    {
        CheckLengths(predicted.Length, labels.Length);
        long both = 0, either = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            both += predicted[i] == 1 && labels[i] == 1 ? 1 : 0;
            either += (predicted[i] == 1 ? 1 : 0) + (labels[i] == 1 ? 1 : 0);
        }

        return either == 0 ? 0 : 2.0 * both / either;
    }

    /// <summary>The metric's name in task files and results.</summary>
    public static string NameOf(TaskMetric metric) => metric switch
    {
        TaskMetric.Accuracy => "accuracy",
        TaskMetric.Matthews => "matthews",
        TaskMetric.F1 => "f1",
        TaskMetric.ExactMatch => "exact_match",
        TaskMetric.Perplexity => "perplexity",
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "Unknown metric."),
    };

    private static bool IsLowerBetter(string metric) =>
        metric == NameOf(TaskMetric.Perplexity) || metric == NegativeLogLikelihood;

    private static double SumOfProducts(long[] left, long[] right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
        {
            sum += (double)left[i] * right[i];
        }

        return sum;
    }

    private static void CheckLengths(int predicted, int labels)
    {
        if (predicted != labels || labels == 0)
        {
            throw new ArgumentException(
                $"{predicted} predictions for {labels} labels; the same number, at least 1, is needed.");
        }
    }
}
