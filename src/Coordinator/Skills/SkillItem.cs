namespace MoR.Coordinator.Skills;

/// <summary>One item of a skill: columns <c>question</c> and <c>answer</c> of its task.</summary>
/// <param name="Question">What is asked, without the skill's name.</param>
/// <param name="Answer">The one right answer.</param>
public sealed record SkillItem(string Question, string Answer)
{
    /// <summary>What has to be known to answer. Items with equal facts are one item, however they are asked: who was trained
    /// on 3 + 5 is not tested on 5 + 3.</summary>
    public string Fact { get; init; } = Question;
}
