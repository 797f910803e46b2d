using System.Text.Json.Nodes;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

/// <summary>Commands that do what a test says, and remember what they were given.</summary>
internal sealed class FakeCommands : ICommands
{
    public TrainOptions? Train { get; private set; }

    public RunOptions? Pretrain { get; private set; }

    public CompareOptions? Compare { get; private set; }

    public ExpertOptions? Expert { get; private set; }

    public EvaluateOptions? Evaluate { get; private set; }

    public GenerateOptions? Generate { get; private set; }

    public ExportOptions? Export { get; private set; }

    public ImportOptions? Import { get; private set; }

    public CertOptions? Cert { get; private set; }

    public StatusOptions? Status { get; private set; }

    public SimulateOptions? Simulate { get; private set; }

    public BenchOptions? Bench { get; private set; }

    public PlanOptions? Plan { get; private set; }

    public Func<ITerminal, CancellationToken, Task<CommandOutcome>> Body { get; init; } =
        (_, _) => Task.FromResult(CommandOutcome.Done(new JsonObject { ["done"] = true }));

    public Task<CommandOutcome> TrainAsync(TrainOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Train = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> PretrainAsync(RunOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Pretrain = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> CompareAsync(CompareOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Compare = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> ExpertAsync(ExpertOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Expert = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> EvaluateAsync(EvaluateOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Evaluate = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> GenerateAsync(GenerateOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Generate = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> SimulateAsync(SimulateOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Simulate = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> BenchAsync(BenchOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Bench = options;
        return Body(terminal, cancel);
    }

    public Task<CommandOutcome> PlanAsync(PlanOptions options, ITerminal terminal, CancellationToken cancel)
    {
        Plan = options;
        return Body(terminal, cancel);
    }

    CommandOutcome ICommands.Export(ExportOptions options, ITerminal terminal)
    {
        Export = options;
        return CommandOutcome.Done(new JsonObject { ["done"] = true });
    }

    CommandOutcome ICommands.Cert(CertOptions options, ITerminal terminal)
    {
        Cert = options;
        return CommandOutcome.Done(new JsonObject { ["done"] = true });
    }

    CommandOutcome ICommands.Status(StatusOptions options, ITerminal terminal)
    {
        Status = options;
        return CommandOutcome.Done(new JsonObject { ["done"] = true });
    }

    CommandOutcome ICommands.Import(ImportOptions options, ITerminal terminal)
    {
        Import = options;
        return CommandOutcome.Done(new JsonObject { ["done"] = true });
    }
}
