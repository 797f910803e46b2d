using System.Globalization;
using System.Text;
using MoR.Cluster.Disk;
using MoR.Cluster.Links;
using MoR.Coordinator.Runs;
using MoR.Simulation.Disk;
using MoR.Simulation.Scheduling;
using MoR.Simulation.Worlds;

namespace MoR.Simulation.Faults;

/// <summary>What each kind of fault does. False: there was nothing that it could happen to.</summary>
internal sealed partial class FaultInjector
{
    private const int MostNodes = 7;
    private static readonly TimeSpan _supervision = TimeSpan.FromSeconds(5);
    private const int MostOperations = 40;
    private const long EveryByte = long.MaxValue;

    private static bool Skew(SimulatedProcess? process, Fault fault)
    {
        // A tenth too fast or too slow, and less than the second after which a timer is not believed.
        process?.SetClock(0.9 + (fault.Choice % 201 / 1000.0), TimeSpan.FromMilliseconds(fault.Choice % 900));
        return process is not null;
    }

    private static bool Drain(Slot slot)
    {
        if (slot.Running is not { Process.IsAlive: true } machine || slot.Stop.IsCancellationRequested)
        {
            return false;
        }

        machine.Process.Run(slot.Stop.Cancel);
        return true;
    }

    private static bool Fail(Slot slot, Fault fault)
    {
        slot.Failures = 1 + (int)(fault.Choice % 3);
        return slot.Running is not null;
    }

    private bool Crash(Slot slot, Fault fault, bool isSilent)
    {
        if (slot.Running is not { } machine)
        {
            return false;
        }

        _world.Kill(machine, isSilent);
        slot.DownUntil = Scheduler.Now + fault.Lasts.Ticks;
        Until(fault, () => _world.StartNode(slot));
        return true;
    }

    private bool Freeze(SimulatedProcess? process, Fault fault)
    {
        if (process is not { IsAlive: true, IsFrozen: false })
        {
            return false;
        }

        process.Freeze();
        Until(fault, process.Thaw);
        return true;
    }

    private bool Slow(SimulatedProcess? process, Fault fault)
    {
        if (process is null)
        {
            return false;
        }

        process.Slowness = SlowFactor * (1 + (fault.Choice % 20));
        Until(fault, () => process.Slowness = 1);
        return true;
    }

    private bool Join()
    {
        if (_world.Slots.Count >= MostNodes)
        {
            return false;
        }

        var number = _world.Slots.Count + 1;
        var slot = new Slot($"node-{number}", _world.Knobs.RolesOf(number));
        _world.Slots.Add(slot);
        _world.StartNode(slot);
        return true;
    }

    private bool Stick(Slot slot, Fault fault)
    {
        if (slot.Running is not { } machine)
        {
            return false;
        }

        if (fault.Choice % 4 == 0)
        {
            machine.Executor.StuckUntil = long.MaxValue - TimeSpan.TicksPerDay;
            KillWhenCutOff(slot, machine);
            return true;
        }

        machine.Executor.StuckUntil = Math.Max(machine.Executor.StuckUntil, Scheduler.Now + (2 * fault.Lasts.Ticks));
        return true;
    }

    /// <summary>A process whose device hangs for good cannot end by itself; whoever supervises it kills it once its link is lost.</summary>
    private void KillWhenCutOff(Slot slot, ProcessParts machine) => Scheduler.After(_supervision, () =>
    {
        if (slot.Running != machine)
        {
            return;
        }

        if (_world.Network.Open.Any(connection => connection.Opener == machine.Process))
        {
            KillWhenCutOff(slot, machine);
            return;
        }

        _world.Kill(machine, isSilent: false);
        _world.StartNode(slot);
    });

    private bool ResetLink(Fault fault)
    {
        if (_world.Network.Open.Count == 0)
        {
            return false;
        }

        _world.Network.Open[(int)(fault.Choice % (uint)_world.Network.Open.Count)].Break();
        return true;
    }

    private bool Partition(Slot slot, Fault fault, bool isTwoWay)
    {
        var until = Scheduler.Now + fault.Lasts.Ticks;
        var isTo = fault.Choice % 2 == 0;
        if (isTwoWay || isTo)
        {
            _world.Network.Path(World.CoordinatorHost, slot.Host).BlockedUntil = until;
        }

        if (isTwoWay || !isTo)
        {
            _world.Network.Path(slot.Host, World.CoordinatorHost).BlockedUntil = until;
        }

        return true;
    }

    private bool Delay(Slot slot, Fault fault)
    {
        var path = fault.Choice % 2 == 0
            ? _world.Network.Path(World.CoordinatorHost, slot.Host)
            : _world.Network.Path(slot.Host, World.CoordinatorHost);
        (path.Late, path.Delay) = (1 + (int)(fault.Choice % 5), fault.Lasts.Ticks);
        return true;
    }

    private bool FlipOnWay(Slot slot, Fault fault)
    {
        var path = fault.Choice % 2 == 0
            ? _world.Network.Path(World.CoordinatorHost, slot.Host)
            : _world.Network.Path(slot.Host, World.CoordinatorHost);
        path.FlipsBit = true;
        return true;
    }

    /// <summary>Somebody connects, says something, and reads until the end.</summary>
    private bool Say(byte[] bytes)
    {
        var machine = _world.NewProcess("stranger", "stranger", new FaultyDisk());
        _world.Run(
            machine,
            async () =>
            {
                try
                {
                    await using var connection = await machine.Transport.ConnectAsync(World.Address, CancellationToken.None);
                    await connection.Stream.WriteAsync(bytes);
                    var buffer = new byte[256];
                    while (await connection.Stream.ReadAsync(buffer) > 0)
                    {
                        // Whatever is answered.
                    }
                }
                catch (Exception end) when (end is IOException or LinkException)
                {
                    machine.Note(end.Message);
                }

                return 0;
            },
            _ => { });
        return true;
    }

    private bool JoinWrongly()
    {
        var name = "node-of-another-kind";
        var machine = _world.NewProcess(name, name, new FaultyDisk());
        var kind = World.Machine;
        kind.AnswersSha256 = "fedcba9876543210";
        _running++;
        _world.Run(
            machine,
            () => NodeProgram.RunAsync(_world, machine, name, _world.Knobs.RolesOf(1), 1, kind, () => false, CancellationToken.None),
            code =>
            {
                _running--;
                if (code is not (2 or ExpertNode.NodeResult.CoordinatorLost or 0))
                {
                    _world.Laws.Break("refusal", $"a node of another kind of machine ended with exit code {code}");
                }
            });
        return true;
    }

    private bool CrashCoordinator(Fault fault)
    {
        if (_world.Coordinator is not { } machine)
        {
            return false;
        }

        _world.Kill(machine, isSilent: false);
        Until(fault, () =>
        {
            _world.Disk.Kill();
            _world.StartCoordinator();
        });
        return true;
    }

    private bool CutPower(Fault fault)
    {
        var disk = _world.Disk;
        if (disk.PowerLossAt != int.MaxValue)
        {
            return false; // on its way already
        }

        disk.PowerLossAt = disk.Operations.Count + 1 + (int)(fault.Choice % MostOperations);
        disk.PowerLost = () =>
        {
            disk.PowerLost = () => { };
            if (_world.Coordinator is not { } machine)
            {
                return;
            }

            Happened(fault);
            _world.Kill(machine, isSilent: true);
            Until(fault, () =>
            {
                disk.Restart((Survival)(fault.Choice % 4), (int)(fault.Choice & int.MaxValue));
                _world.StartCoordinator();
            });
        };
        return false; // it happens when the disk is used
    }

    private bool StopCoordinator()
    {
        if (_world.Coordinator is not { } machine || _world.StopCoordinator.IsCancellationRequested)
        {
            return false;
        }

        machine.Process.Run(_world.StopCoordinator.Cancel);
        return true;
    }

    /// <summary>The coordinator dies, a bit of its newest checkpoint flips, and it is started again.</summary>
    private bool CorruptCheckpoint(Fault fault)
    {
        if (_world.Laws.Saved < 2 || !CrashCoordinator(fault))
        {
            return false;
        }

        var step = _world.Laws.Durable;
        var folder = $"{CoordinatorProgram.RunPath}/{CheckpointStore.FolderName}/step-{step:D6}";
        _world.Disk.Kill();
        var files = _world.Disk.List(folder);
        var file = $"{folder}/{files[(int)(fault.Choice % (uint)files.Count)]}";
        var length = _world.Disk.ReadAllBytes(file).Length;
        _world.Disk.FlipBit(file, (int)(fault.Choice % (uint)length));
        _world.Laws.Lost(step);
        return true;
    }

    private bool FillDisk(Fault fault)
    {
        if (_world.Coordinator is null)
        {
            return false;
        }

        _world.Disk.Space = fault.Choice % 2000;
        Until(fault, () => _world.Disk.Space = EveryByte);
        return true;
    }

    private bool FailDisk(Fault fault)
    {
        var disk = _world.Disk;
        if (disk.ErrorAt != int.MaxValue)
        {
            return false; // on its way already
        }

        disk.ErrorAt = disk.Operations.Count + 1 + (int)(fault.Choice % MostOperations);
        disk.ErrorCame = () =>
        {
            disk.ErrorCame = () => { };
            Happened(fault);
            LoseWhatCannotBeRead(disk.Operations[^1]);
        };
        return false; // it happens when the disk is used
    }

    /// <summary>A checkpoint that the disk cannot read is as good as damaged: it is told, and the one before it is used.</summary>
    private void LoseWhatCannotBeRead(string operation)
    {
        const string Beginning = $"{CoordinatorProgram.RunPath}/{CheckpointStore.FolderName}/step-";
        var at = operation.IndexOf(Beginning, StringComparison.Ordinal);
        if (at >= 0 && operation[..at] is "read " or "list ")
        {
            var name = operation.AsSpan(at + Beginning.Length);
            var end = name.IndexOf('/');
            _world.Laws.Lost(long.Parse(end < 0 ? name : name[..end], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A machine that was restored from an old snapshot listens, and for a while the run's address leads to it.</summary>
    private bool StartStale(Fault fault)
    {
        const string Elsewhere = "127.0.0.1:7071";
        if (_world.Network.Detours.Count > 0 || _world.Laws.Epoch < 2)
        {
            return false;
        }

        var disk = new FaultyDisk();
        disk.CreateFolderDurably("/secrets");
        disk.WriteWhole(World.TokenPath, Encoding.UTF8.GetBytes(World.Token));
        var machine = _world.NewProcess("old-coordinator", "old-coordinator", disk);
        var stop = new CancellationTokenSource();
        _world.Network.Detours[World.Address] = Elsewhere;
        _world.Run(
            machine, () => new StaleCoordinatorProgram(_world, machine, Elsewhere).RunAsync(_world.Laws.Epoch - 1, stop.Token), _ => { });
        foreach (var connection in _world.Network.Open.Where(one => one.Listener.Host == World.CoordinatorHost).ToList())
        {
            connection.Break();
        }

        Until(fault, () =>
        {
            _world.Network.Detours.Clear();
            _world.Kill(machine, isSilent: false);
            stop.Dispose();
        });
        return true;
    }
}
