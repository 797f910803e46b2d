namespace MoR.Coordinator.Configuration;

/// <summary>What an evaluation of a task reports.</summary>
public enum TaskMetric
{
    /// <summary>Fraction of items whose most likely choice is the labelled one.</summary>
    Accuracy,

    /// <summary>Matthews correlation coefficient of two choices, -1..1 (GLUE's metric for CoLA).</summary>
    Matthews,

    /// <summary>F1 of two choices, the second one (index 1) being the positive class.</summary>
    F1,

    /// <summary>Fraction of items whose greedy continuation is the completion, white space around aside.</summary>
    ExactMatch,

    /// <summary>
    /// e to the mean negative log-likelihood, in nats, of the tokens that training supervises: a text's, or those of
    /// completions. The lower the better.
    /// </summary>
    Perplexity,
}
