using Google.Protobuf;
using MoR.Cluster.Framing;
using MoR.Cluster.Protocol.Wire;

namespace MoR.Cluster.Tests.Fuzzing;

/// <summary>Makes mutants, each from its number alone: good frames of a few messages, and one change. Every field of header and
/// envelope has its turn, with check and checksum made right again in every other mutant.</summary>
internal sealed class FrameFuzzer
{
    /// <summary>The most bytes of tensors of the messages that it makes.</summary>
    public const int MostTensorBytes = 4_096;

    private readonly List<(int Body, int Field)> _targets = [];

    public FrameFuzzer()
    {
        for (var body = 0; body < EnvelopeMaker.Bodies.Count; body++)
        {
            var count = EnvelopeMaker.Fields(Whole(body, new System.Random(0))).Count();
            _targets.AddRange(Enumerable.Range(0, count).Select(field => (body, field)));
        }
    }

    public Mutant Make(int number)
    {
        var random = new System.Random(number);
        var isSummed = number % 2 == 0;
        var turn = number / 2;
        return (turn % 8) switch
        {
            0 or 1 or 2 => EnvelopeField(number, isSummed, turn / 8 * 3 + (turn % 8), random),
            3 or 4 => HeaderField(number, isSummed, turn / 8 * 2 + (turn % 8) - 3, random),
            5 => BodyBytes(number, isSummed, FrameKind.Head, random),
            6 => BodyBytes(number, isSummed, FrameKind.Data, random),
            _ => Order(number, random),
        };
    }

    /// <summary>The name of the field that a change of an envelope is to.</summary>
    private Mutant EnvelopeField(int number, bool isSummed, int turn, System.Random random)
    {
        var (body, index) = _targets[turn % _targets.Count];
        var frames = Frames(body, random, out var original);
        var at = frames.FindIndex(frame => frame.Kind == FrameKind.Head);
        var envelope = frames[at].Envelope();
        var (owner, field) = EnvelopeMaker.Fields(envelope).ElementAt(index);
        EnvelopeMaker.Change(owner, field, random);
        frames[at] = frames[at].With(envelope);
        return Finish(number, EnvelopeMaker.NameOf(field), isSummed, original, frames, at);
    }

    private static Mutant HeaderField(int number, bool isSummed, int turn, System.Random random)
    {
        // A sum that is made right again was not changed.
        var (name, first, size) = FuzzFrame.HeaderFields[turn % (FuzzFrame.HeaderFields.Count - (isSummed ? FuzzFrame.Sums : 0))];
        var frames = Frames(random.Next(EnvelopeMaker.Bodies.Count), random, out var original);
        var at = random.Next(frames.Count);
        var field = frames[at].Header.AsSpan(first, size);
        switch (random.Next(4))
        {
            case 0:
                field[random.Next(size)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                field[0] += (byte)random.Next(1, 256);
                break;
            case 2:
                field.Fill((byte)(random.Next(2) * 255));
                break;
            default:
                random.NextBytes(field);
                break;
        }

        return Finish(number, name, isSummed, original, frames, at);
    }

    private static Mutant BodyBytes(int number, bool isSummed, FrameKind kind, System.Random random)
    {
        var frames = Frames(random.Next(EnvelopeMaker.Bodies.Count), random, out var original);
        var at = frames.FindIndex(frame => frame.Kind == kind);
        if (at < 0)
            at = 0;
        List<byte> body = [.. frames[at].Body];
        for (var changes = random.Next(1, 4); changes > 0 && body.Count > 0; changes--)
        {
            var place = random.Next(body.Count);
            switch (random.Next(4))
            {
                case 0:
                    body[place] = (byte)random.Next(256);
                    break;
                case 1:
                    body.RemoveRange(place, random.Next(1, body.Count - place + 1));
                    break;
                case 2:
                    body.InsertRange(place, new byte[random.Next(1, 300)]);
                    break;
                default:
                    body[place] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        frames[at] = frames[at].With(body.ToArray());
        return Finish(number, $"bytes of {kind}", isSummed, original, frames, at);
    }

    /// <summary>A frame is lost, comes twice, changes places, or there are other bytes between two.</summary>
    private static Mutant Order(int number, System.Random random)
    {
        var frames = Frames(random.Next(EnvelopeMaker.Bodies.Count), random, out var original);
        var (from, to) = (random.Next(frames.Count), random.Next(frames.Count));
        var frame = frames[from];
        var what = random.Next(4);
        if (what is 0 or 2)
            frames.RemoveAt(from);
        if (what is 1 or 2)
            frames.Insert(Math.Min(to, frames.Count), frame);
        var bytes = Join(frames);
        if (what == 3)
        {
            var noise = new byte[random.Next(1, 100)];
            random.NextBytes(noise);
            var place = random.Next(bytes.Length);
            bytes = [.. bytes[..place], .. noise, .. bytes[place..]];
        }

        return new Mutant(number, "order of frames", IsSummed: false, IsInOrder: false, original, bytes);
    }

    private static Mutant Finish(
        int number, string changed, bool isSummed, IReadOnlyList<string> original, List<FuzzFrame> frames, int at)
    {
        var bytes = Join(frames);
        var start = frames.Take(at).Sum(frame => FrameHeader.Size + frame.Body.Length);
        var length = BitConverter.ToUInt32(bytes, start);
        if (isSummed)
            BitConverter.TryWriteBytes(bytes.AsSpan(start + FrameHeader.CheckStart), FrameHeader.CheckOf(bytes.AsSpan(start)));
        // The receiver sums as many bytes as the header says, whatever was meant.
        if (isSummed && length <= bytes.Length - start - FrameHeader.Size)
        {
            var sum = Crc32C.Append(
                Crc32C.Of(bytes.AsSpan(start, FrameHeader.SummedBytes)), bytes.AsSpan(start + FrameHeader.Size, (int)length));
            BitConverter.TryWriteBytes(bytes.AsSpan(start + FrameHeader.SummedBytes), sum);
        }

        return new Mutant(number, changed, isSummed, IsInOrder: true, original, bytes);
    }

    private static byte[] Join(List<FuzzFrame> frames) => [.. frames.SelectMany(frame => frame.Header.Concat(frame.Body))];

    /// <summary>Frames of a message of one kind and one or two others, mixed, with heartbeats.</summary>
    private static List<FuzzFrame> Frames(int body, System.Random random, out IReadOnlyList<string> original)
    {
        var count = random.Next(2, 4);
        List<Queue<FuzzFrame>> messages = [];
        for (var i = 0; i < count; i++)
        {
            messages.Add(FramesOf(Whole(i == 0 ? body : random.Next(EnvelopeMaker.Bodies.Count), random), random));
        }

        List<FuzzFrame> mixed = [];
        List<string> ended = [];
        var begun = 0;
        while (messages.Exists(queue => queue.Count > 0))
        {
            var i = random.Next(Math.Min(begun + 1, count));
            if (messages[i].Count == 0)
                continue;
            begun = Math.Max(begun, i + 1);
            var frame = messages[i].Dequeue();
            mixed.Add(FuzzFrame.Of(frame.Kind, (uint)i + 1, frame.Body));
            if (random.Next(10) == 0)
                mixed.Add(FuzzFrame.Of(FrameKind.Heartbeat, 0, []));
        }

        using var decoder = new FrameDecoder("peer", new(), ArrayTensor.Memory, checksums: true);
        Support.Wire.Decode(decoder, Join(mixed), message => ended.Add(Mutant.Digest(message)));
        Assert.Equal(count, ended.Count);
        original = ended;
        return mixed;
    }

    private static Queue<FuzzFrame> FramesOf(Envelope envelope, System.Random random)
    {
        var frames = new Queue<FuzzFrame>();
        frames.Enqueue(new FuzzFrame(FrameKind.Head, 0, [], envelope.ToByteArray()));
        foreach (var head in envelope.Tensors)
        {
            var bytes = new byte[WireSize.Of(head.Type, head.Shape)];
            random.NextBytes(bytes);
            for (var start = 0; start < bytes.Length;)
            {
                var end = Math.Min(bytes.Length, start + random.Next(1, 400));
                frames.Enqueue(new FuzzFrame(FrameKind.Data, 0, [], bytes[start..end]));
                start = end;
            }
        }

        return frames;
    }

    private static Envelope Whole(int body, System.Random random)
    {
        var envelope = EnvelopeMaker.Make(EnvelopeMaker.Bodies[body], random);
        for (var i = 0; i < 2; i++)
        {
            envelope.Tensors.Add(new TensorHead { Type = ElementType.F32 + random.Next(6), Shape = { random.Next(8), random.Next(16) } });
        }

        return envelope;
    }
}
