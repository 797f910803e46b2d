using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Cluster;

/// <summary>What a node is told when it joins, and what it must be.</summary>
/// <param name="Welcome">What it is told.</param>
/// <param name="Build">The build that it must be of.</param>
/// <param name="Machine">This machine: a node whose answers to the known products differ would give other bits.</param>
/// <param name="AdmitsOtherMachines">Whether it may join all the same, with law 1 off for the run.</param>
internal sealed record JoinTerms(Welcome Welcome, string Build, Machine Machine, bool AdmitsOtherMachines)
{
    private const int HashDigits = 12; // enough to compare by eye

    /// <summary>Why no node can train whole micro-batches in this run; null if they can.</summary>
    public string? WorkerProblem { get; init; }

    /// <summary>Why a node may not join, by name; null if it may.</summary>
    public Refused? RefusalOf(Join join)
    {
        if (!Node.IsName(join.Name))
        {
            return Refusal(
                $"a node calls itself {Quoted.Text(join.Name)}, which is no name",
                "Give it --name NAME: 1 to 64 letters, digits, dots, dashes or underscores.");
        }

        // First, since nothing else means the same in another build.
        if (join.Build != Build)
        {
            return Refusal(
                $"{join.Name} is of build {Quoted.Text(join.Build)}, and the coordinator of '{Build}'",
                "Install the same mor on both machines.");
        }

        if (join.Roles.Count == 0 || join.Roles.Any(role => role is Role.Unspecified || !Enum.IsDefined(role)))
        {
            return Refusal(
                $"{join.Name} has the roles [{string.Join(", ", join.Roles)}], and a node is expert, worker or both",
                "Give it --role expert,worker.");
        }

        if (WorkerProblem is { } problem && join.Roles.Contains(Role.Worker))
        {
            return Refusal($"{join.Name} is a worker, and {problem}", "Give it --role expert.");
        }

        if (join.RequestBytes <= 0 || join.MemoryBytes < 0 || !double.IsFinite(join.ProductsPerSecond))
        {
            return Refusal(
                $"{join.Name} takes {join.RequestBytes} bytes of requests, {join.MemoryBytes} of shards and makes "
                + $"{join.ProductsPerSecond} products per second, which cannot be",
                "Install the same mor on both machines.");
        }

        return AdmitsOtherMachines || IsOfThisKind(join.Machine)
            ? null
            : Refusal(
                $"{join.Name} gives other bits: it is {Text(join.Machine)}, and the coordinator {Text(Machine)}",
                "Use machines of one kind, or give the coordinator --admit-other-machines, which gives up equal bits.");
    }

    /// <summary>Whether a machine computes the same bits as this one.</summary>
    public bool IsOfThisKind(Machine? other) =>
        other is not null && other.AnswersSha256 == Machine.AnswersSha256 && other.Device == Machine.Device;

    private static Refused Refusal(string reason, string nextStep) => new() { Reason = reason, NextStep = nextStep };

    private static string Text(Machine? machine) => machine is null
        ? "unknown"
        : string.Join(", ", Shown(machine.Device), Shown(machine.Cpu), Shown(machine.Libraries))
            + $", answers {Shown(machine.AnswersSha256[..Math.Min(HashDigits, machine.AnswersSha256.Length)])}";

    /// <summary>What a node says of its machine, on one line.</summary>
    public static string Shown(string text) => Quoted.Text(text)[1..^1];
}
