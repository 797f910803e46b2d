using MoR.Cluster.Disk;
using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Random;
using MoR.Coordinator.Cluster;
using MoR.Coordinator.Runs;
using MoR.Simulation.Disk;
using MoR.Simulation.Faults;
using MoR.Simulation.Laws;
using MoR.Simulation.Models;
using MoR.Simulation.Network;
using MoR.Simulation.Real;
using MoR.Simulation.Scheduling;
using MoR.Simulation.StandIn;

namespace MoR.Simulation.Worlds;

/// <summary>
/// A cluster on one thread: coordinator, nodes, their machines, network and disk, what goes wrong with them, and somebody who starts
/// again what ended. Everything in it follows from a seed.
/// </summary>
internal sealed class World
{
    /// <summary>The coordinator's machine.</summary>
    public const string CoordinatorHost = "coordinator";

    /// <summary>Where it listens.</summary>
    public const string Address = "127.0.0.1:7070";

    /// <summary>Where the join token is on the coordinator's disk.</summary>
    public const string TokenPath = "/secrets/token";

    /// <summary>The join token.</summary>
    public const string Token = "simulated-join-token";

    /// <summary>The build of all processes.</summary>
    public const string Build = "simulation";

    private const int MostCallbacks = 20_000_000;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan _answered = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _lastMoment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _restartPause = TimeSpan.FromSeconds(2);
    private readonly ulong _seed;
    private readonly FaultInjector _injector;
    private int _processes;
    private bool _isComplete;
    private int? _ended;

    /// <param name="seed">Decides everything.</param>
    /// <param name="traceLines">Lines of the trace to keep; 0 for its hash alone.</param>
    /// <param name="plan">The faults; null for the seed's.</param>
    /// <param name="scenario">What kinds the seed's faults are of; everything unless given.</param>
    /// <param name="isReal">Whether the mathematics is the tiny model's.</param>
    /// <param name="adjust">Changes what the seed made of the world.</param>
    public World(
        ulong seed, int traceLines = 0, IReadOnlyList<Fault>? plan = null, Scenario? scenario = null, bool isReal = false,
        Func<Knobs, Knobs>? adjust = null)
    {
        _seed = seed;
        var random = new CounterRandom(seed, Streams.World);
        if (isReal)
        {
            TorchSharp.torch.set_num_threads(1); // of this thread: more would split sums
        }

        Model = isReal ? TinyModel.Of(seed) : new StandInModel(StandInShape.Of(seed, ref random));
        var knobs = Knobs.Of(Model.Shards, ref random);
        Knobs = adjust?.Invoke(knobs) ?? knobs;
        var faults = new CounterRandom(seed, Streams.Faults);
        Kinds = plan is null ? (scenario ?? Scenario.Everything).Kinds : [];
        Plan = plan ?? FaultPlan.Of(Kinds, Model.Steps, Knobs.Nodes, ref faults);
        Trace = new Trace(traceLines);
        Scheduler = new Scheduler(seed);
        Laws = new LawBook(Model.Undisturbed);
        Network = new SimulatedNetwork(Scheduler, seed, Trace, _ => new NetworkPath
        {
            Latency = Knobs.LatencyMicroseconds * TimeSpan.TicksPerMicrosecond,
            Jitter = Knobs.JitterMicroseconds * TimeSpan.TicksPerMicrosecond,
            BytesPerSecond = Knobs.BytesPerSecond,
        });
        Disk = new FaultyDisk();
        Disk.CreateFolderDurably("/secrets");
        Disk.WriteWhole(TokenPath, System.Text.Encoding.UTF8.GetBytes(Token));
        Slots = [.. Enumerable.Range(1, Knobs.Nodes).Select(number => new Slot($"node-{number}", Knobs.RolesOf(number)))];
        _injector = new FaultInjector(this);
        Scheduler.BeforeCallback = _injector.Look;
    }

    public ulong Seed => _seed;

    public IWorldModel Model { get; }

    public Knobs Knobs { get; }

    public IReadOnlyList<Fault> Plan { get; }

    /// <summary>What can go wrong in it; nothing but the faults that were given, if some were.</summary>
    public IReadOnlyList<FaultKind> Kinds { get; }

    public Scheduler Scheduler { get; }

    public SimulatedNetwork Network { get; }

    public FaultyDisk Disk { get; }

    public Trace Trace { get; }

    public LawBook Laws { get; }

    /// <summary>Micro-batches that workers trained.</summary>
    public int ByWorkers { get; set; }

    /// <summary>Where nodes are.</summary>
    public List<Slot> Slots { get; }

    /// <summary>The coordinator's process; null while there is none.</summary>
    public ProcessParts? Coordinator { get; private set; }

    /// <summary>Tells the coordinator to stop.</summary>
    public CancellationTokenSource StopCoordinator { get; private set; } = new();

    /// <summary>Nodes that a coordinator waits for.</summary>
    public int Expected => Math.Min(Knobs.Nodes, 1 + (int)(_seed % (ulong)Knobs.Nodes));

    /// <summary>How often each kind of fault came.</summary>
    public SortedDictionary<FaultKind, int> Faults => _injector.Fired;

    /// <summary>Told of every fault as it comes.</summary>
    public Action<Fault> FaultCame
    {
        set => _injector.FaultCame = value;
    }

    /// <summary>Told of every step as it is committed, and its loss.</summary>
    public Action<long, double> StepCommitted { get; set; } = (_, _) => { };

    /// <summary>The step that is being made.</summary>
    public long Step { get; private set; }

    /// <summary>What machines of this world say of themselves.</summary>
    public static Machine Machine => new() { AnswersSha256 = "0123456789abcdef", Device = "cpu", Cpu = "stand-in", Libraries = "none" };

    /// <summary>Lets it all happen.</summary>
    public WorldResult Run()
    {
        using var watch = new ExceptionWatch(this);
        StartCoordinator();
        foreach (var slot in Slots)
        {
            StartNode(slot);
        }

        while (Laws.Broken is null && !HasEnded())
        {
            if (!Scheduler.Step())
            {
                Laws.Break("law 6, no silent waiting", "nothing is left to happen, and the run has not ended");
            }
            else if (Scheduler.Now - _injector.LastEnd > _patience.Ticks)
            {
                Laws.Break("liveness", $"faults stopped {_patience.TotalMinutes:0} minutes ago, and the run has not ended");
            }
            else if (Scheduler.Callbacks > MostCallbacks)
            {
                Laws.Break("liveness", $"{MostCallbacks} callbacks ran, and the run has not ended");
            }
        }

        Trace.Add(Scheduler.Callbacks);
        return new WorldResult(
            _seed, Laws.Broken, Trace.Hash, Faults, Slots.Count, Laws.Committed, ByWorkers, Scheduler.Callbacks,
            TimeSpan.FromTicks(Scheduler.Now));
    }

    /// <summary>Starts the coordinator.</summary>
    public void StartCoordinator()
    {
        if (Coordinator is not null || _ended is not null)
        {
            return;
        }

        // One that died after it had told the nodes that the run was complete needs them again.
        _isComplete = false;
        Slots.ForEach(slot => Scheduler.After(_restartPause, () => StartNode(slot)));
        Network.SetSilent(CoordinatorHost, false);
        StopCoordinator = new CancellationTokenSource();
        var machine = Coordinator = NewProcess(CoordinatorHost, "coordinator", Disk);
        Run(machine, () => new CoordinatorProgram(this, machine).RunAsync(StopCoordinator.Token), code =>
        {
            Coordinator = null;
            if (code == 0 && _isComplete)
            {
                _ended = code;
                return;
            }

            Disk.Kill();
            Scheduler.After(_restartPause, StartCoordinator);
        });
    }

    /// <summary>Starts a node where none is.</summary>
    public void StartNode(Slot slot)
    {
        if (slot.Running is not null || _isComplete || Scheduler.Now < slot.DownUntil)
        {
            return;
        }

        Network.SetSilent(slot.Host, false);
        slot.Stop = new CancellationTokenSource();
        slot.Served = 0;
        var machine = slot.Running = NewProcess(slot.Host, slot.Host, new FaultyDisk(), text => _injector.Heard(slot, text));
        var incarnation = ++slot.Incarnations;
        Run(
            machine,
            () => NodeProgram.RunAsync(
                this, machine, slot.Host, slot.Roles, incarnation, Machine, () => slot.Failures > 0 && slot.Failures-- > 0,
                slot.Stop.Token),
            _ =>
            {
                slot.Running = null;
                Scheduler.After(_restartPause, () => StartNode(slot));
            });
    }

    /// <summary>A process dies at once.</summary>
    /// <param name="machine">The process.</param>
    /// <param name="isSilent">Whether its machine goes with it.</param>
    public void Kill(ProcessParts machine, bool isSilent)
    {
        machine.Process.Kill();
        if (isSilent)
        {
            Network.SetSilent(machine.Process.Host, true);
        }

        Network.Died(machine.Process, isSilent);
        if (machine == Coordinator)
        {
            Coordinator = null;
        }

        foreach (var slot in Slots.Where(slot => slot.Running == machine))
        {
            slot.Running = null;
        }
    }

    /// <summary>A process on a machine of the world.</summary>
    public ProcessParts NewProcess(string host, string name, FaultyDisk disk, Action<string>? heard = null)
    {
        var process = new SimulatedProcess(Scheduler, host, name, Knobs.Shuffles);
        var number = ++_processes;
        return new ProcessParts(
            process,
            new SimulatedTime(Scheduler, process),
            Network.Transport(process),
            new SeededNonces(_seed, number),
            new SimulatedExecutor(Scheduler, process, _seed, number, TimeSpan.FromMicroseconds(Knobs.MathMicroseconds)),
            new CountedMemory(),
            disk,
            text =>
            {
                Trace.Said(Scheduler.Now, name, text);
                heard?.Invoke(text);
            });
    }

    /// <summary>Runs a process's program; nothing of the process is left when it ends.</summary>
    public void Run(ProcessParts machine, Func<Task<int>> program, Action<int> ended) =>
        machine.Process.Post(_ => _ = RunAsync(machine, program, ended), null);

    /// <summary>A step begins.</summary>
    public void Begins(long step)
    {
        Step = step;
        _injector.Begins(step);
    }

    /// <summary>A step was committed.</summary>
    public void Committed(long epoch, ITraining training, double loss)
    {
        var (step, hash) = (training.Version, training.Hash);
        Trace.Event(Scheduler.Now, "commits step", "coordinator", step);
        Trace.Add((long)hash);
        Trace.Add(Scheduler.Callbacks);
        Laws.CommittedStep(epoch, step, training.Updates, hash);
        StepCommitted(step, loss);
    }

    /// <summary>The run is complete.</summary>
    public void Completed(ITraining training, RunFolder folder)
    {
        _isComplete = true;
        Laws.Completed(training.Version, training.Hash, MetricSteps(folder));
    }

    /// <summary>Watches a session: while something is asked, there is a time at which the coordinator does something about it.</summary>
    public async Task WatchAsync(ClusterSession session) => await session.UntilAsync(
        core =>
        {
            if (core.Requests.NextWake is null && core.Requests.Open.FirstOrDefault() is { } open)
            {
                Laws.Break(
                    "law 6, no silent waiting", $"{MoR.Cluster.Membership.RequestDesk.Name(open.Key)} is waited for without a deadline");
            }

            return false;
        },
        CancellationToken.None);

    /// <summary>What was sent to nodes comes off their hands once they have answered, whether or not somebody still wanted it.</summary>
    public async Task UntilCreditIsBackAsync(ClusterSession session, TimeProvider time)
    {
        if (Slots.Exists(slot => slot.Running?.Executor.StuckUntil > Scheduler.Now))
        {
            return; // a device that hangs for good never ends, and it is nobody's business once the run is complete
        }

        using var limit = new CancellationTokenSource(_answered, time);
        try
        {
            await session.UntilAsync(core => core.Nodes.All(node => node is { Outstanding: 0, MicroBatches: 0 }), limit.Token);
        }
        catch (OperationCanceledException)
        {
            Laws.Break("credit", $"{_answered.TotalSeconds:0} s after the last request a node still has something on its hands");
        }
    }

    private static List<long> MetricSteps(RunFolder folder) =>
    [
        .. folder.ReadMetricLines().Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt64()),
    ];

    private bool HasEnded() => _ended is not null && Slots.TrueForAll(slot => slot.Running is null) && _injector.IsQuiet;

    private async Task RunAsync(ProcessParts machine, Func<Task<int>> program, Action<int> ended)
    {
        int code;
        try
        {
            code = await program();
        }
        catch (MorException problem)
        {
            machine.Note(problem.Message);
            code = problem.ExitCode;
        }
        catch (PowerLossException)
        {
            return; // its machine is off already
        }
#pragma warning disable CA1031 // Whatever it is, it is a finding.
        catch (Exception problem)
#pragma warning restore CA1031
        {
            Laws.Break("no surprise", $"{machine.Process.Name} ended by {problem}");
            return;
        }

        // What was begun and is awaited by nobody has a moment to end.
        Scheduler.After(_lastMoment, () => End(machine, code, ended));
    }

    private void End(ProcessParts machine, int code, Action<int> ended)
    {
        if (!machine.Process.IsAlive)
        {
            return;
        }

        if (machine.Memory.Live != 0 && !machine.Process.IsFrozen)
        {
            Laws.Break("nothing leaks", $"{machine.Process.Name} ended with {machine.Memory.Live} tensors that were not given back");
        }

        machine.Process.Kill();
        Network.Died(machine.Process, isSilent: false);
        ended(code);
    }
}
