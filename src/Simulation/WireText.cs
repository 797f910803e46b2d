using Google.Protobuf;
using MoR.Cluster.Framing;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Simulation;

/// <summary>What bytes on the wire say, for people: the heads of messages that begin in a segment.</summary>
internal static class WireText
{
    /// <summary>One line about a segment; null for the end of a connection.</summary>
    public static string Of(byte[]? bytes)
    {
        if (bytes is null)
        {
            return "closed";
        }

        List<string> messages = [];
        for (var at = 0; at + FrameHeader.Size <= bytes.Length;)
        {
            var length = BitConverter.ToInt32(bytes, at);
            if (length < 0 || bytes[at + 4] is < (byte)FrameKind.Head or > (byte)FrameKind.Heartbeat)
            {
                break; // the handshake, or the rest of a frame that began before
            }

            if (bytes[at + 4] == (byte)FrameKind.Head && at + FrameHeader.Size + length <= bytes.Length)
            {
                messages.Add(Head(bytes.AsSpan(at + FrameHeader.Size, length)));
            }
            else if (bytes[at + 4] == (byte)FrameKind.Heartbeat)
            {
                messages.Add("heartbeat");
            }

            at += FrameHeader.Size + length;
        }

        return messages.Count == 0 ? $"{bytes.Length} bytes" : string.Join("; ", messages);
    }

    private static string Head(ReadOnlySpan<byte> head)
    {
        try
        {
            var envelope = Envelope.Parser.ParseFrom(head);
            envelope.Tensors.Clear();
            return envelope.BodyCase switch
            {
                Envelope.BodyOneofCase.Forward => $"Forward {Key(envelope.Forward.Key, envelope.Forward.Attempt)}",
                Envelope.BodyOneofCase.Backward => $"Backward {Key(envelope.Backward.Key, envelope.Backward.Attempt)}",
                Envelope.BodyOneofCase.ForwardDone => $"ForwardDone {Key(envelope.ForwardDone.Key, envelope.ForwardDone.Attempt)}",
                Envelope.BodyOneofCase.BackwardDone => $"BackwardDone {Key(envelope.BackwardDone.Key, envelope.BackwardDone.Attempt)}",
                Envelope.BodyOneofCase.ParameterGradients =>
                    $"ParameterGradients {Key(envelope.ParameterGradients.Key, envelope.ParameterGradients.Attempt)}",
                _ => JsonFormatter.Default.Format(envelope),
            };
        }
        catch (InvalidProtocolBufferException)
        {
            return "bytes that are no message";
        }
    }

    private static string Key(Key key, int attempt) =>
        $"epoch {key.Epoch} step {key.Step} micro-batch {key.MicroBatch} point {key.DispatchPoint} shard {key.Shard} attempt {attempt}";
}
