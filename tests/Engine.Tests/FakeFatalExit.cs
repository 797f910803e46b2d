using MoR.Cluster.Seams;

namespace MoR.Engine.Tests;

internal sealed class FakeFatalExit : IFatalExit
{
    public List<(string Reason, Exception Cause)> Deaths { get; } = [];

    public void Die(string reason, Exception cause) => Deaths.Add((reason, cause));
}
