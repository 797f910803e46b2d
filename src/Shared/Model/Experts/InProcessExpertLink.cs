using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;

namespace MoR.Model.Experts;

/// <summary>
/// The experts in the coordinator's own process: the same requests and the same mathematics as on a node, without a wire.
/// Shards run side by side on the math executor.
/// </summary>
public sealed class InProcessExpertLink(IMathExecutor math, ShardParameters parameters, long version) : IExpertLink
{
    private long _version = version;

    /// <inheritdoc/>
    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        RequireVersion(request);
        return math.RunAsync(() => ExpertMath.Forward(parameters, request));
    }

    /// <inheritdoc/>
    public async Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        RequireVersion(request.Forward);
        var (input, gates, rest) = await math.RunAsync(() => ExpertMath.Backward(parameters, request));
        var gradients = math.RunAsync(() =>
        {
            using (rest)
            {
                return rest.Run();
            }
        });
        return new BackwardReply(request.Key, input, gates, gradients);
    }

    /// <inheritdoc/>
    /// <remarks>The parameters are shared memory here, so publishing is only a change of version.</remarks>
    public Task PublishAsync(long version, CancellationToken cancel)
    {
        _version = version;
        return Task.CompletedTask;
    }

    private void RequireVersion(ForwardRequest request)
    {
        if (request.ShardVersion != _version)
        {
            throw new InvalidOperationException(
                $"shard {request.Key.Shard} is at version {_version}, the request asks for {request.ShardVersion}");
        }
    }
}
