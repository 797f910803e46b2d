namespace MoR.Coordinator.Planning.Measurement;

/// <summary>Steps that differ in one thing each.</summary>
/// <param name="Usual">Of many tokens, in process.</param>
/// <param name="HighRank">The same with a higher rank.</param>
/// <param name="Short">Of few tokens.</param>
/// <param name="ShortManyExperts">The same with more experts.</param>
/// <param name="Few">Few sequences, in process.</param>
/// <param name="FewOnNode">The same with a local node.</param>
/// <param name="Many">Many sequences, in process.</param>
/// <param name="ManyOnNode">The same with a local node.</param>
internal sealed record MeasuredSteps(
    MeasuredStep Usual, MeasuredStep HighRank, MeasuredStep Short, MeasuredStep ShortManyExperts,
    MeasuredStep Few, MeasuredStep FewOnNode, MeasuredStep Many, MeasuredStep ManyOnNode);
