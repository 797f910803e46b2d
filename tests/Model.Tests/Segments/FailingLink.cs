using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Model.Tests.Segments;

/// <summary>Passes some requests on, then loses the connection: forward fails at once, backward a turn later.</summary>
internal sealed class FailingLink(IExpertLink inner, int requests) : IExpertLink
{
    private int _seen;

    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        Count();
        return inner.ForwardAsync(request, cancel);
    }

    public async Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        await Task.Yield();
        Count();
        return await inner.BackwardAsync(request, cancel);
    }

    public Task PublishAsync(long version, CancellationToken cancel) => inner.PublishAsync(version, cancel);

    private void Count()
    {
        if (Interlocked.Increment(ref _seen) > requests * 5)
        {
            throw new IOException("the connection is lost");
        }
    }
}
