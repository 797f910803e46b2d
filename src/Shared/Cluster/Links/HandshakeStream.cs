using MoR.Cluster.Transport;

namespace MoR.Cluster.Links;

/// <summary>Messages of a fixed size over a connection that is not trusted yet, within a deadline.</summary>
internal sealed class HandshakeStream(Connection connection, CancellationToken deadline)
{
    /// <summary>Reads exactly so many bytes.</summary>
    /// <param name="size">How many.</param>
    /// <param name="what">What they are, for messages.</param>
    public async Task<byte[]> ReadAsync(int size, string what)
    {
        var bytes = new byte[size];
        var count = 0;
        try
        {
            while (count < size)
            {
                var read = await connection.Stream.ReadAsync(bytes.AsMemory(count), deadline);
                if (read == 0)
                    throw Fault($"closed the connection after {count} of {size} bytes of {what}{Hint(count)}");
                count += read;
            }
        }
        catch (OperationCanceledException cause)
        {
            throw Fault($"did not finish in time: {count} of {size} bytes of {what} came", cause);
        }
        catch (IOException cause)
        {
            throw Fault($"broke the connection after {count} of {size} bytes of {what} ({cause.Message.TrimEnd('.')}){Hint(count)}", cause);
        }

        return bytes;
    }

    /// <summary>Writes bytes.</summary>
    public async Task WriteAsync(byte[] bytes)
    {
        try
        {
            await connection.Stream.WriteAsync(bytes, deadline);
        }
        catch (OperationCanceledException cause)
        {
            throw Fault("did not take the handshake in time", cause);
        }
        catch (IOException cause)
        {
            throw Fault($"broke the connection ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    /// <summary>In TLS 1.3 the end that connects hears only by its first read that its certificate was refused.</summary>
    private string Hint(int count) =>
        connection.IsProtected && count == 0 ? "; its log says why, such as a certificate that it does not accept" : "";

    /// <summary>What the other end did.</summary>
    public LinkException Fault(string problem, Exception? cause = null) => new(connection.Peer, problem, cause);
}
