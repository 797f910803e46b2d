using System.Diagnostics;
using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.Cluster.Chaos;

/// <summary>
/// One run over real processes to which a plan happens. Faults come at moments of the protocol: the proxy that is about to pass
/// what a moment names holds it until the fault has hit. Nodes that the coordinator started itself are hit while it is stopped.
/// </summary>
internal sealed class ChaosRun(ChaosPlan plan) : IAsyncDisposable
{
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;
    private const int Terminate = 15;
    private const int KillSignal = 9;
    private const int MostNodes = 8;
    private static readonly TimeSpan endPatience = TimeSpan.FromSeconds(10);
    private readonly TinyWorld _world = new();
    private readonly SemaphoreSlim _firing = new(1);
    private readonly List<ChaosNode> _nodes = [];
    private readonly List<MorProcess> _coordinators = [];
    private volatile MorProcess? _coordinator;
    private readonly List<string> _fired = [];
    private readonly List<ITimer> _timers = [];
    private readonly HashSet<int> _stoppedChildren = [];
    private int _next;
    private int _faults;
    private bool _isOver;

    private string Run => _world["run"];

    private MorProcess Coordinator => _coordinator!;

    private string[] Nodes =>
        plan.IsLocal ? ["--nodes", $"{plan.Nodes}", "--role", plan.Roles[0]] : ["--listen", "127.0.0.1:0"];

    /// <summary>Runs it to its end.</summary>
    public async Task<ChaosOutcome> RunAsync()
    {
        var reference = await ChaosReference.OfAsync(plan);
        var began = Stopwatch.GetTimestamp();
        string[] expect = plan.IsLocal ? [] : ["--expect", $"{plan.Nodes}"];
        StartCoordinator(["train", _world.Recipe, "--output", Run, .. plan.Recipe, .. plan.Cluster, .. Nodes, .. expect]);
        for (var node = 0; node < plan.Nodes && !plan.IsLocal; node++)
        {
            StartNode(plan.Roles[node % plan.Roles.Length]);
        }

        var ended = plan.IsLocal ? await LocalAsync() : await UntilEndAsync();
        var problem = ProblemOf(ended, reference) ?? await NodeProblemAsync();
        return new ChaosOutcome(plan, problem, _fired, _faults, Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        foreach (var timer in _timers)
        {
            await timer.DisposeAsync();
        }

        foreach (var process in _coordinators)
        {
            await process.DisposeAsync();
        }

        foreach (var child in _stoppedChildren)
        {
            MorProcess.Send(child, KillSignal); // its pipe has ended, and it would hear of that only when it goes on
        }

        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        _world.Dispose();
        _firing.Dispose();
    }

    /// <summary>Waits for the end of the last coordinator.</summary>
    private async Task<MorRun> UntilEndAsync()
    {
        while (true)
        {
            var process = Coordinator;
            var ended = await process.EndAsync();
            await _firing.WaitAsync(); // who killed it is about to start another one
            var isLast = process == Coordinator;
            _isOver |= isLast;
            _firing.Release();
            if (isLast)
            {
                return ended;
            }
        }
    }

    private async Task<MorRun> LocalAsync()
    {
        foreach (var fault in plan.Faults)
        {
            await Coordinator.AtStepAsync(Run, fault.Step, plan.Steps, () => FireLocal(fault));
        }

        return await Coordinator.EndAsync();
    }

    private async Task PassingAsync(ChaosProxy proxy, long step, ChaosPhase phase)
    {
        if (_next >= plan.Faults.Count || !plan.Faults[_next].IsDue(step, phase))
        {
            return;
        }

        await _firing.WaitAsync();
        try
        {
            while (!_isOver && _next < plan.Faults.Count && plan.Faults[_next].IsDue(step, phase))
            {
                var fault = plan.Faults[_next++];
                var what = await FireAsync(fault, proxy);
                _fired.Add($"{step}{phase.ToString().ToLowerInvariant()[0]} {what}");
                _faults += fault.Counts ? 1 : 0;
                if (fault.Kind is ChaosKind.KillCoordinator)
                {
                    break; // what was passing came from the one that is gone
                }
            }
        }
        finally
        {
            _firing.Release();
        }
    }

    private async Task<string> FireAsync(ChaosFault fault, ChaosProxy passing)
    {
        switch (fault.Kind)
        {
            case ChaosKind.KillCoordinator:
                await KillCoordinatorAsync();
                return "coordinator killed";
            case ChaosKind.Join:
                return _nodes.Count(node => node.IsThere) < MostNodes
                    ? $"{StartNode(plan.Roles[fault.Pick % plan.Roles.Length]).Name} starts"
                    : "nobody starts, as there are enough";
            case ChaosKind.Cut or ChaosKind.BlackHole or ChaosKind.Corrupt or ChaosKind.Delay:
                return Break(fault, passing);
        }

        var node = Node(fault);
        switch (fault.Kind)
        {
            case ChaosKind.Kill:
                node.Process.Kill();
                node.IsLost = true;
                break;
            case ChaosKind.Restart:
                node.Restart();
                break;
            case ChaosKind.Stop:
                node.Process.Signal(StopSignal);
                ContinueLater(node.Process.Id, fault.Lasts);
                break;
            case ChaosKind.Hang:
                node.Process.Signal(StopSignal);
                node.IsLost = true;
                break;
            case ChaosKind.Leave:
                node.Process.Signal(Terminate);
                node.IsLost = true;
                break;
        }

        if (!_nodes.Exists(other => other.IsThere && other.Role == node.Role))
        {
            StartNode(node.Role);
        }

        return $"{node.Name} {Verb(fault.Kind)}";
    }

    /// <summary>Breaks the connection that the moment passes, which is open for certain.</summary>
    private string Break(ChaosFault fault, ChaosProxy passing)
    {
        var node = _nodes.Find(node => node.Proxy == passing)!;
        switch (fault.Kind)
        {
            case ChaosKind.Cut:
                passing.Cut();
                break;
            case ChaosKind.BlackHole:
                passing.Swallow();
                break;
            case ChaosKind.Corrupt:
                passing.Corrupt();
                break;
            case ChaosKind.Delay:
                passing.Delay(fault.Lasts);
                break;
        }

        return $"{node.Name} {Verb(fault.Kind)}";
    }

    private void FireLocal(ChaosFault fault)
    {
        var children = Coordinator.Children().Where(child => !_stoppedChildren.Contains(child)).ToList();
        var what = "coordinator killed";
        if (fault.Kind is ChaosKind.KillCoordinator || children.Count == 0)
        {
            Coordinator.KillAndWait();
            Resume();
        }
        else
        {
            var child = children[fault.Pick % children.Count];
            what = $"child {Verb(fault.Kind)}";
            MorProcess.Send(child, fault.Kind is ChaosKind.Kill ? KillSignal : StopSignal);
            if (fault.Kind is ChaosKind.Stop)
            {
                ContinueLater(child, fault.Lasts);
            }
            else if (fault.Kind is ChaosKind.Hang)
            {
                _stoppedChildren.Add(child);
            }
        }

        _faults++;
        _fired.Add($"{RunFiles.LastStep(Run)} {what}");
    }

    private async Task KillCoordinatorAsync()
    {
        Coordinator.Kill();
        await Coordinator.EndAsync();
        Resume();
    }

    /// <summary>Where there are workers, it waits for all nodes, which come back: else it might be through before the next fault.</summary>
    private void Resume()
    {
        var expected = plan.Roles is ["expert"] ? 1 : Math.Max(1, _nodes.Count(node => node.IsThere));
        string[] expect = plan.IsLocal ? [] : ["--expect", $"{expected}"];
        StartCoordinator(["train", "--resume", Run, "--no-eval", .. Nodes, .. expect]);
    }

    private void StartCoordinator(string[] arguments) => _coordinators.Add(_coordinator = MorProcess.Start(arguments));

    private ChaosNode Node(ChaosFault fault)
    {
        var there = _nodes.Where(node => node.IsThere).ToList();
        return there.Count > 0 ? there[fault.Pick % there.Count] : StartNode(plan.Roles[0]);
    }

    private ChaosNode StartNode(string role)
    {
        var name = $"node-{_nodes.Count + 1}";
        var proxy = new ChaosProxy(() => RunFiles.Listening(Run), PassingAsync);
        proxy.Start();
        var node = new ChaosNode(name, role, proxy, () => MorProcess.Start(
            "expert", "--coordinator", proxy.Address, "--name", name, "--threads", "1", "--role", role));
        _nodes.Add(node);
        return node;
    }

    private void ContinueLater(int process, TimeSpan after) => _timers.Add(TimeProvider.System.CreateTimer(
        _ => MorProcess.Send(process, ContinueSignal), null, after, Timeout.InfiniteTimeSpan));

    private static string Verb(ChaosKind kind) => kind switch
    {
        ChaosKind.Kill => "killed",
        ChaosKind.Restart => "restarted",
        ChaosKind.Stop => "stopped a while",
        ChaosKind.Hang => "hangs",
        ChaosKind.Leave => "leaves",
        ChaosKind.Cut => "cut",
        ChaosKind.BlackHole => "in a black hole",
        ChaosKind.Corrupt => "corrupted",
        _ => "delayed",
    };

    private string? ProblemOf(MorRun ended, ChaosReference reference)
    {
        if (ended.ExitCode != 0)
        {
            return $"exit code {ended.ExitCode}\n{ended.Error}\n{RunFiles.Log(Run)}";
        }

        var losses = ChaosReference.LossesOf(Run);
        if (!losses.SequenceEqual(reference.Losses))
        {
            var at = losses.Zip(reference.Losses).TakeWhile(pair => pair.First == pair.Second).Count();
            return $"step {at + 1} has another loss than in one process\n{RunFiles.Log(Run)}";
        }

        return ended.AdapterSha256 != reference.AdapterSha256 ? $"another adapter\n{RunFiles.Log(Run)}"
            : _faults < ChaosPlan.LeastFaults ? $"only {_faults} faults hit\n{RunFiles.Log(Run)}"
            : null;
    }

    /// <summary>Nodes that were left alone end with the run and with 0; one that just lost its connection may still look for it.</summary>
    private async Task<string?> NodeProblemAsync()
    {
        foreach (var node in _nodes.Where(node => node.IsThere && node.Proxy.IsConnected))
        {
            if (await node.Process.EndsWithinAsync(endPatience) && (await node.Process.EndAsync()) is { ExitCode: not 0 } ended)
            {
                return $"{node.Name} ended with exit code {ended.ExitCode}\n{ended.Error}";
            }
        }

        return null;
    }
}
