namespace MoR.Coordinator.Planning;

/// <summary>Predicts a run's step on machines of one kind, in process and for both roles.</summary>
/// <param name="machine">The coordinator's machine, and each node's.</param>
/// <param name="link">The network between them.</param>
internal sealed class Forecaster(MachineSpeed machine, LinkSpeed link)
{
    /// <summary>The machine.</summary>
    public MachineSpeed Machine => machine;

    /// <summary>The network.</summary>
    public LinkSpeed Link => link;

    /// <summary>The coordinator alone.</summary>
    public Forecast InProcess(PlannedRun run)
    {
        var times = StepWalk.Of(new StepArithmetic(run, machine).InProcess(run.MicroBatches), sharesProcessor: true);
        return Of(run, NodeRole.InProcess, nodes: 0, times with { Node = 0 }, (0, 0));
    }

    /// <summary>Nodes with shards of the experts.</summary>
    public Forecast Experts(PlannedRun run, int nodes)
    {
        var arithmetic = new StepArithmetic(run, machine);
        var times = StepWalk.Of(arithmetic.OnNodes(link, nodes), link.IsLocal);
        return Of(run, NodeRole.Expert, nodes, times, arithmetic.ExpertTraffic);
    }

    /// <summary>Workers with a backbone and all experts. Where these are machines of their own and have one
    /// micro-batch each, the coordinator trains a share too.</summary>
    public Forecast Workers(PlannedRun run, int nodes)
    {
        var arithmetic = new StepArithmetic(run, machine);
        var used = Math.Min(nodes, run.MicroBatches);
        var trainsHere = !link.IsLocal && run.MicroBatches > nodes;
        var places = used + (trainsHere ? 1 : 0);
        var each = (run.MicroBatches + places - 1) / places;
        var alone = StepWalk.Of(
            arithmetic.InProcess(each) with { Sum = default, Commit = default }, sharesProcessor: true);
        var wire = machine.OfThreads(arithmetic.AdapterBytes * machine.SecondsPerWireByte, 1);
        var times = WorkerWalk.Of(
            new WorkerDuties(
                used, nodes - used, trainsHere, run.MicroBatches,
                MachineSpeed.Shared((link.IsLocal ? alone.Coordinator : alone.Step) / each), wire, wire,
                link.Sending(arithmetic.AdapterBytes), link.Sending(arithmetic.AdapterBytes), arithmetic.Sum, arithmetic.Commit),
            link.IsLocal);
        var sentBack = run.MicroBatches - (trainsHere ? run.MicroBatches / places : 0);
        return Of(run, NodeRole.Worker, nodes, times, (nodes * arithmetic.AdapterBytes, sentBack * arithmetic.AdapterBytes));
    }

    /// <summary>Any of the three.</summary>
    public Forecast Of(PlannedRun run, NodeRole role, int nodes) => role switch
    {
        NodeRole.Expert => Experts(run, nodes),
        NodeRole.Worker => Workers(run, nodes),
        _ => InProcess(run),
    };

    private Forecast Of(PlannedRun run, NodeRole role, int nodes, StepTimes times, (double Out, double In) bytes) => new()
    {
        Role = role,
        Nodes = nodes,
        Times = times,
        Tokens = run.Tokens,
        BytesOut = bytes.Out,
        BytesIn = bytes.In,
        Coordinator = PlannedMemory.Coordinator(run, role, nodes, link.IsLocal, machine.Threads),
        Node = role == NodeRole.InProcess ? null : PlannedMemory.Node(run, role, nodes, machine.Threads),
        MachineBytes = machine.MemoryBytes,
        IsLocal = link.IsLocal,
    };
}
