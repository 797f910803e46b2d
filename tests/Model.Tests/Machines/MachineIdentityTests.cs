using MoR.Model.Machines;
using MoR.Torch;
using MoR.Torch.Runtime;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Machines;

public sealed class MachineIdentityTests
{
    [Fact]
    public void A_machine_answers_the_same_with_1_2_and_7_threads()
    {
        var machines = new[] { 1, 2, 7 }.Select(threads =>
        {
            using var pool = new MathPool(threads);
            return MachineIdentity.Of(CPU, pool);
        }).ToList();

        Assert.All(machines, machine => Assert.Equal(machines[0], machine));
        Assert.Matches("^[0-9a-f]{64}$", machines[0].AnswersSha256);
    }

    [Fact]
    public void A_machine_says_what_it_computes_with()
    {
        using var pool = new MathPool(1);

        var machine = MachineIdentity.Of(CPU, pool);

        Assert.Equal("cpu", machine.Device);
        Assert.Contains(TorchRuntime.Info.LibtorchVersion, machine.Libraries, StringComparison.Ordinal);
        Assert.True(TorchRuntime.Info.KernelSet is "avx512" or "avx2" or "generic", TorchRuntime.Info.KernelSet);
        Assert.EndsWith(TorchRuntime.Info.KernelSet, machine.Cpu, StringComparison.Ordinal);
    }

    [Fact]
    public void A_speed_is_measured_on_the_clock_that_is_given()
    {
        using var pool = new MathPool(1);

        // 512³ multiply-adds in one tick of a clock that moves a millisecond with every look.
        Assert.Equal(512.0 * 512 * 512 / 0.001, ProductSpeed.Measure(CPU, pool, new TickingClock()), 0.001);
    }

    private sealed class TickingClock : TimeProvider
    {
        private long _milliseconds;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _milliseconds++;
    }
}
