namespace MoR.Coordinator.Skills;

/// <summary>The skills that a task file can name.</summary>
public static class SkillCatalogue
{
    /// <summary>All of them, in the order of the demo.</summary>
    public static IReadOnlyList<ISkill> All { get; } =
    [
        new AdditionSkill(),
        new SortingSkill(),
        new ReversalSkill(),
        new RewritingSkill(),
        new LookUpSkill(),
        new TranslationSkill(toToy: true),
        new TranslationSkill(toToy: false),
        new DateSkill(),
        new BracketSkill(),
        new MajoritySkill(),
    ];

    /// <summary>The skill of a name that a task file was allowed to give.</summary>
    public static ISkill Of(string name) => All.First(skill => skill.Name == name);
}
