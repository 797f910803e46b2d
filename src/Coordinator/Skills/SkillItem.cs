namespace MoR.Coordinator.Skills;

/// <summary>One item of a skill: columns <c>question</c> and <c>answer</c> of its task.</summary>
/// <param name="Question">What is asked, without the skill's name.</param>
/// <param name="Answer">The one right answer.</param>
public sealed record SkillItem(string Question, string Answer);
