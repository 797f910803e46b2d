using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Google.Protobuf;
using MoR.Cluster.Framing;
using MoR.Cluster.Links;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Framing;

public sealed class FrameDecoderTests
{
    private const long Limit = 1_000_000;
    private readonly CountingMemory _memory = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Messages_that_interleave_are_put_together(bool checksums)
    {
        using var first = Messages.Make(1, 200_000, 7);
        using var second = Messages.Make(2, 30, 0, 5);
        var a = Wire.Frames(first, 1, checksums, mostDataBytes: 250_000);
        var b = Wire.Frames(second, 2, checksums);
        var beat = Wire.Frame(FrameKind.Heartbeat, 0, [], checksums);
        List<long> seen = [];

        Decode([a[0], a[1], b[0], a[2], beat, b[1], a[3], a[4], b[2], a[5]], checksums, message =>
        {
            message.AssertIs(message.Number(), message.Number() == 1 ? [200_000, 7] : [30, 0, 5]);
            seen.Add(message.Number());
        });

        Assert.Equal([2L, 1], seen);
        Assert.Equal(0, _memory.LiveTensors);
    }

    [Theory]
    [InlineData(0, 0x00000000, "a frame has a body of 0 bytes, not between 1 and 1,048,576")]
    [InlineData(0, 0x00100001, "a frame has a body of 1,048,577 bytes, not between 1 and 1,048,576")]
    [InlineData(0, 0xFFFFFFFF, "a frame has a body of 4,294,967,295 bytes, not between 1 and 1,048,576")]
    [InlineData(4, 0x00000000, "a frame is of kind 0, and there are 1 (head), 2 (data) and 3 (heartbeat)")]
    [InlineData(4, 0x00000004, "a frame is of kind 4, and there are 1 (head), 2 (data) and 3 (heartbeat)")]
    [InlineData(4, 0x00000003, "a heartbeat has a body of 4 bytes, not 0")]
    [InlineData(4, 0x00008001, "a frame has flags 0x80, and 0 is the only value")]
    [InlineData(8, 0x00000000, "a message begins with id 0, and ids count up: 1 is next")]
    [InlineData(8, 0x00000007, "a message begins with id 7, and ids count up: 1 is next")]
    [InlineData(4, 0x00000002, "a data frame is for message 1, which is not open (none are)")]
    [InlineData(12, 0x12345678, "a frame of kind Head and 4 bytes for message 1 has checksum 0x12345678, and its bytes have 0x")]
    public void A_field_of_the_header_that_is_not_allowed_is_named(int at, uint value, string problem)
    {
        var frame = Wire.Frame(FrameKind.Head, 1, new Envelope { Published = new Published { Epoch = 1 } }.ToByteArray());
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at), value);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(FrameHeader.CheckStart), FrameHeader.CheckOf(frame));

        Assert.StartsWith($"peer: {problem}", FaultOf(frame));
    }

    [Fact]
    public void Any_one_or_two_wrong_bits_of_a_header_are_noticed_before_its_body_is_waited_for()
    {
        const int Bits = 8 * FrameHeader.SummedBytes;
        foreach (var (kind, body) in new[] { (FrameKind.Head, new byte[300]), (FrameKind.Heartbeat, []) })
        {
            var good = Wire.Frame(kind, kind == FrameKind.Head ? 1u : 0, body)[..FrameHeader.Size];
            for (var (first, second) = (0, 0); first < Bits; (first, second) = second == Bits - 1 ? (first + 1, 0) : (first, second + 1))
            {
                var header = good.ToArray();
                header[first / 8] ^= (byte)(1 << (first % 8));
                header[second / 8] ^= (byte)(first == second ? 0 : 1 << (second % 8));

                var problem = Assert.Throws<LinkException>(() => FrameHeader.Read(header, checksums: true, "peer")).Problem;

                Assert.StartsWith("the header of a frame has check 0x", problem);
            }
        }
    }

    [Fact]
    public void A_check_where_there_is_none_is_a_fault()
    {
        var frame = Wire.Frame(FrameKind.Heartbeat, 0, []);
        frame.AsSpan(FrameHeader.SummedBytes).Clear();

        Assert.Matches(
            "^peer: the header of a frame has check 0x[0-9a-f]{4}, and there is none under TLS",
            Assert.Throws<LinkException>(() => Decode([frame], checksums: false, _ => { })).Message);
    }

    [Fact]
    public void A_frame_has_the_bytes_that_the_protocol_gives() => Assert.Equal(
        "040000000100702007000000ffbe216a" + "01020304",
        Convert.ToHexStringLower(Wire.Frame(FrameKind.Head, 7, [1, 2, 3, 4])));

    [Fact]
    public void A_heartbeat_belongs_to_no_message() =>
        Assert.Equal("peer: a heartbeat has message id 5, not 0.", FaultOf(Wire.Frame(FrameKind.Heartbeat, 5, [])));

    [Fact]
    public void A_checksum_where_there_is_none_is_a_fault() =>
        Assert.Matches(
            "^peer: a frame has checksum 0x[0-9a-f]{8}, and there is none under TLS",
            Assert.Throws<LinkException>(() => Decode([Wire.Frame(FrameKind.Heartbeat, 0, [])], checksums: false, _ => { })).Message);

    [Fact]
    public void One_wrong_bit_of_the_body_is_a_fault()
    {
        using var message = Messages.Make(1, 100);
        var frames = Wire.Frames(message, 1);
        frames[1][200] ^= 1;

        Assert.StartsWith("peer: a frame of kind Data and 400 bytes for message 1 has checksum 0x", FaultOf([.. frames]));
    }

    [Fact]
    public void An_id_is_not_used_again()
    {
        using var message = Messages.Make(1);
        var frame = Wire.Frames(message, 1)[0];

        Assert.Equal("peer: a message begins with id 1, and ids count up: 2 is next.", FaultOf(frame, frame));
    }

    [Fact]
    public void Too_many_open_messages_are_a_fault()
    {
        using var message = Messages.Make(1, 10);

        Assert.Equal(
            "peer: message 9 begins while 8 are open (1, 2, 3, 4, 5, 6, 7, 8), the most there may be.",
            FaultOf([.. Enumerable.Range(1, 9).Select(id => Wire.Frames(message, (uint)id)[0])]));
        Assert.Equal(8, _memory.Allocations);
    }

    [Fact]
    public void Data_over_the_end_of_a_tensor_is_a_fault()
    {
        using var message = Messages.Make(1, 10, 10);
        var frames = Wire.Frames(message, 1);

        Assert.Equal(
            "peer: a data frame of 24 bytes for message 1 (Published) goes over the end of tensor 0, which has room for 20.",
            FaultOf(frames[0], Wire.Frame(FrameKind.Data, 1, new byte[20]), Wire.Frame(FrameKind.Data, 1, new byte[24])));
    }

    [Fact]
    public void Data_after_the_end_of_a_message_is_a_fault()
    {
        using var message = Messages.Make(1, 10);

        Assert.Equal(
            "peer: a data frame is for message 1, which is not open (none are).",
            FaultOf([.. Wire.Frames(message, 1), Wire.Frame(FrameKind.Data, 1, new byte[4])]));
    }

    [Theory]
    [InlineData(ElementType.F32, new long[] { 250_001 }, "announces tensors of 1,000,004 bytes while others of 0 ")]
    [InlineData(ElementType.F32, new[] { 1L << 40 }, "announces 4,398,046,511,104 bytes, at most 2,147,483,591 are allowed")]
    [InlineData(ElementType.F64, new[] { 1L << 62, 4 }, "is of type 6 with 2 dimensions [4611686018427387904, 4], which is no size")]
    [InlineData(ElementType.F32, new long[] { -1 }, "is of type 1 with 1 dimensions [-1], which is no size")]
    [InlineData(ElementType.F32, new long[] { 1, 1, 1, 1, 1, 1 }, "is of type 1 with 6 dimensions [1, 1, 1, 1, 1], which is no size")]
    [InlineData(ElementType.Int8Rows, new long[] { 4 }, "is of type 3 with 1 dimensions [4], which is no size")]
    [InlineData((ElementType)99, new long[] { 4 }, "is of type 99 with 1 dimensions [4], which is no size")]
    [InlineData(ElementType.ElementUnspecified, new long[] { 4 }, "is of type 0 with 1 dimensions [4], which is no size")]
    public void A_tensor_that_cannot_be_is_refused_before_memory_is_taken(ElementType type, long[] shape, string problem)
    {
        var envelope = new Envelope { Published = new Published(), Tensors = { new TensorHead { Type = type, Shape = { shape } } } };

        Assert.Matches(
            $"^peer: (tensor 0 of )?message 1 \\(Published\\) {Regex.Escape(problem)}",
            FaultOf(Wire.Frame(FrameKind.Head, 1, envelope.ToByteArray())));
        Assert.Equal(0, _memory.Allocations);
    }

    [Fact]
    public void Tensors_of_open_messages_count_together()
    {
        using var message = Messages.Make(1, 150_000);

        Assert.Equal(
            "peer: message 2 (Published) announces tensors of 600,000 bytes while others of 600,000 bytes are open, "
            + "and 1,000,000 are allowed together.",
            FaultOf(Wire.Frames(message, 1)[0], Wire.Frames(message, 2)[0]));
        Assert.Equal(1, _memory.Allocations);
    }

    [Fact]
    public void Too_many_tensors_are_refused_before_memory_is_taken()
    {
        var envelope = new Envelope { Published = new Published() };
        envelope.Tensors.AddRange(Enumerable.Repeat(new TensorHead { Type = ElementType.F32, Shape = { 0 } }, 65_537));

        Assert.Equal(
            "peer: message 1 (Published) announces 65,537 tensors, at most 65,536 are allowed.",
            FaultOf(Wire.Frame(FrameKind.Head, 1, envelope.ToByteArray())));
        Assert.Equal(0, _memory.Allocations);
    }

    [Fact]
    public void A_head_takes_memory_for_one_tensor_only()
    {
        using var message = Messages.Make(1, 100, 200, 300);
        using var decoder = new FrameDecoder("peer", new LinkOptions(), _memory, checksums: true);

        Wire.Decode(decoder, Wire.Frames(message, 1)[0], _ => { });

        Assert.Equal(400, _memory.LiveBytes);
    }

    [Fact]
    public void A_head_that_is_no_envelope_is_refused()
    {
        Assert.StartsWith("peer: the head of message 1 is no envelope (", FaultOf(Wire.Frame(FrameKind.Head, 1, [0xFF, 0xFF, 0xFF])));
        Assert.Equal(
            "peer: message 1 has no body that this version knows.",
            FaultOf(Wire.Frame(FrameKind.Head, 1, [0xFA, 0x7F, 0x00])));
    }

    private string FaultOf(params byte[][] frames) =>
        Assert.Throws<LinkException>(() => Decode(frames, checksums: true, _ => { })).Message;

    private void Decode(byte[][] frames, bool checksums, Action<WireMessage> seen)
    {
        using var decoder = new FrameDecoder("peer", new LinkOptions { MostMessageBytes = Limit }, _memory, checksums);
        Wire.Decode(decoder, [.. frames.SelectMany(frame => frame)], seen);
    }
}
