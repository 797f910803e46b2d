using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Engine.Tests;

/// <summary>Replaces every promise of parameter gradients by another one.</summary>
internal sealed class LateGradients(
    IExpertLink inner, Func<CancellationToken, Task<IReadOnlyList<ExpertGradient>>> promise) : IExpertLink
{
    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel) =>
        inner.ForwardAsync(request, cancel);

    public async Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        var reply = await inner.BackwardAsync(request, cancel);
        foreach (var gradient in await reply.ParameterGradients)
        {
            gradient.Dispose();
        }

        return reply with { ParameterGradients = promise(cancel) };
    }

    public Task PublishAsync(long version, CancellationToken cancel) => inner.PublishAsync(version, cancel);
}
