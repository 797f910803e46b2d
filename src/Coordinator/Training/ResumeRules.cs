using MoR.Cluster.Errors;

namespace MoR.Coordinator.Training;

/// <summary>What may change when a run goes on: nothing that would make it another experiment.</summary>
/// <param name="own">Keys of this kind of run that say only where things are or what they become.</param>
internal sealed class ResumeRules(params string[] own)
{
    private readonly string[] _allowed =
        ["training.steps", "training.window", "training.recompute", "numerics.threads", "evaluation.", "checkpoint.", "cluster.",
            .. own];

    /// <summary>For <c>mor train</c>.</summary>
    public static ResumeRules Training { get; } = new("backbone.path", "data.folder");

    /// <summary>For <c>mor pretrain</c>.</summary>
    public static ResumeRules Pretraining { get; } = new("tokenizer.path", "data.files", "output.");

    /// <summary>Refuses other overrides.</summary>
    public void Check(IEnumerable<string> overrides)
    {
        foreach (var key in overrides.Select(item => item.Split('=')[0].Trim()))
        {
            if (!Array.Exists(_allowed, allowed => allowed.EndsWith('.')
                ? key.StartsWith(allowed, StringComparison.Ordinal)
                : key == allowed))
            {
                var names = _allowed.Select(allowed => allowed.EndsWith('.') ? allowed + "*" : allowed);
                throw new InputException(
                    $"--set {key}",
                    "it cannot change when a run goes on, because the steps before it would belong to another run",
                    $"Start a new run with it, or leave it out. What may change: {string.Join(", ", names)}.");
            }
        }
    }
}
