using MoR.Cluster.Errors;
using MoR.Coordinator.Configuration;
using MoR.Coordinator.Evaluation;

namespace MoR.Coordinator.Tests.Evaluation;

public sealed class MetricsTests
{
    // Confusion: 3 true positives, 1 false positive, 2 false negatives, 4 true negatives.
    private static readonly int[] Predicted = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0];
    private static readonly int[] Labels = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0];

    [Fact]
    public void Accuracy_is_the_fraction_of_right_labels()
    {
        Assert.Equal(0.7, Metrics.Accuracy(Predicted, Labels), 12);
    }

    [Fact]
    public void Matthews_correlation_is_that_of_the_confusion_matrix()
    {
        // (3·4 - 1·2) / sqrt(4·5·5·6) = 10 / sqrt(600)
        Assert.Equal(10 / Math.Sqrt(600), Metrics.Matthews(Predicted, Labels), 12);
    }

    [Fact]
    public void Matthews_correlation_changes_its_sign_with_the_predictions()
    {
        int[] opposite = [.. Predicted.Select(label => 1 - label)];

        Assert.Equal(-10 / Math.Sqrt(600), Metrics.Matthews(opposite, Labels), 12);
    }

    [Fact]
    public void Matthews_correlation_of_three_classes_is_that_of_Gorodkin()
    {
        // Agreed c = 4 of s = 6, predicted (2, 2, 2), right (3, 2, 1): (4·6 - 12) / sqrt((36 - 12)·(36 - 14)).
        int[] predicted = [0, 0, 1, 1, 2, 2];
        int[] labels = [0, 0, 0, 1, 1, 2];

        Assert.Equal(12 / Math.Sqrt(24 * 22), Metrics.Matthews(predicted, labels), 12);
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1 }, new[] { 0, 1, 1 })]
    [InlineData(new[] { 0, 1, 1 }, new[] { 1, 1, 1 })]
    [InlineData(new[] { 0, 0 }, new[] { 0, 0 })]
    public void Matthews_correlation_of_one_class_is_zero(int[] predicted, int[] labels)
    {
        Assert.Equal(0, Metrics.Matthews(predicted, labels));
    }

    [Fact]
    public void F1_is_of_the_second_choice()
    {
        // Precision 3/4, recall 3/5: 2·3 / (2·3 + 1 + 2).
        Assert.Equal(6.0 / 9, Metrics.F1(Predicted, Labels), 12);
        Assert.Equal(0, Metrics.F1([0, 0], [0, 0]));
    }

    [Theory]
    [InlineData(TaskMetric.Accuracy, "accuracy", 0.7)]
    [InlineData(TaskMetric.Matthews, "matthews", 0.408248290463863)]
    [InlineData(TaskMetric.F1, "f1", 0.666666666666667)]
    [InlineData(TaskMetric.ExactMatch, "exact_match", 0.7)]
    public void Every_metric_comes_with_its_name_the_accuracy_and_the_count(
        TaskMetric metric, string name, double value)
    {
        MetricResult result = Metrics.OfChoices(metric, Predicted, Labels);

        Assert.Equal(name, result.Name);
        Assert.Equal(value, result.Value, 12);
        Assert.Equal(0.7, result.Accuracy!.Value, 12);
        Assert.Equal(10, result.Count);
    }

    [Fact]
    public void Texts_are_scored_by_exact_match()
    {
        MetricResult result = Metrics.OfTexts(["The answer.", "no", "3.5"], ["answer", "yes", "35"]);

        Assert.Equal(new MetricResult("exact_match", 1.0 / 3, 1.0 / 3, 3), result);
    }

    [Fact]
    public void Perplexity_is_e_to_the_mean_negative_log_likelihood_per_token()
    {
        // 6 nats over 4 tokens.
        MetricResult result = Metrics.OfLikelihoods([-1.5, -2.5, -2], predictedTokens: 4);

        Assert.Equal(("perplexity", 3, 4L), (result.Name, result.Count, result.PredictedTokens));
        Assert.Equal(4.4816890703380645, result.Value, 12);
        Assert.Null(result.Accuracy);
        Assert.Throws<RunException>(() => Metrics.OfLikelihoods([-1.5, double.NaN], predictedTokens: 4));
    }

    [Fact]
    public void A_lower_perplexity_and_a_higher_accuracy_are_the_better_scores()
    {
        Assert.True(Metrics.Merit("perplexity", 2.5) > Metrics.Merit("perplexity", 3));
        Assert.True(Metrics.Merit("nll", 2.5) > Metrics.Merit("nll", 3));
        Assert.Equal("nll (lower is better)", Metrics.Label("nll"));
        Assert.True(Metrics.Merit("accuracy", 0.75) > Metrics.Merit("accuracy", 0.5));
        Assert.Equal(-Math.Log(8), Metrics.Merit("perplexity", 8), 12);
        Assert.Equal("perplexity (lower is better)", Metrics.Label("perplexity"));
        Assert.Equal("f1", Metrics.Label("f1"));
    }

    [Fact]
    public void No_items_have_no_metric()
    {
        Assert.Throws<ArgumentException>(() => Metrics.Accuracy([], []));
        Assert.Throws<ArgumentException>(() => Metrics.Matthews([1], [1, 0]));
    }
}
