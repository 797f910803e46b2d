using MoR.Cluster.Protocol;
using MoR.Cluster.Seams;
using MoR.Torch;

namespace MoR.Model.Experts;

/// <summary>
/// The experts in the coordinator's own process: the same requests and the same mathematics as on a node, without a wire.
/// Shards run side by side on the math executor.
/// </summary>
/// <param name="math">Where mathematics runs.</param>
/// <param name="parameters">The experts.</param>
/// <param name="version">The version that they have.</param>
/// <param name="wire">How rows of training steps are rounded, as if they travelled.</param>
public sealed class InProcessExpertLink(
    IMathExecutor math, ShardParameters parameters, long version, WireType wire = WireType.F32) : IExpertLink
{
    private long _version = version;

    /// <inheritdoc/>
    public Task<ForwardReply> ForwardAsync(ForwardRequest request, CancellationToken cancel)
    {
        RequireVersion(request);
        return math.RunAsync(() =>
        {
            using var rounding = new WireRounding(wire);
            var reply = ExpertMath.Forward(parameters, rounding.Arrived(request));
            rounding.Answer(request.Key, reply.Deltas);
            return reply;
        });
    }

    /// <inheritdoc/>
    public async Task<BackwardReply> BackwardAsync(BackwardRequest request, CancellationToken cancel)
    {
        RequireVersion(request.Forward);
        var rounding = new WireRounding(wire);
        var (input, gates, rest) = await math.RunAsync(() =>
        {
            try
            {
                var answer = ExpertMath.Backward(parameters, rounding.Arrived(request));
                rounding.Answer(request.Key, answer.Input);
                return answer;
            }
            catch
            {
                rounding.Dispose();
                throw;
            }
        });
        var gradients = math.RunAsync(() =>
        {
            using (rounding)
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
