namespace MoR.Engine.Tests;

/// <summary>A micro-batch that is made by a function.</summary>
internal sealed record FakeWork(int Position, Func<int, IMicroBatch> Make) : IMicroBatchWork
{
    public IMicroBatch Open() => Make(Position);
}
