using System.Buffers;
using System.Text;
using ClusterLb.DataPlane.Telemetry;
using CsCheck;

namespace ClusterLb.DataPlane.Tests.Telemetry;

public sealed class LineBufferTests
{
    [Fact]
    public void What_is_written_in_any_way_is_there_in_its_order_whatever_the_room_was() =>
        Gen.Select(Gen.Int[1, 20], Gen.Select(Gen.Int[0, 3], Gen.Long, Gen.String).Array).Sample((capacity, writes) =>
        {
            var line = new LineBuffer(capacity);
            // What was there before leaves nothing.
            line.Write("before"u8);
            line.Clear();
            var expected = new List<byte>();
            foreach (var (way, number, text) in writes)
            {
                if (way == 0) line.WriteNumber(number);
                else if (way == 1) line.Write(text);
                else if (way == 2) line.Write((byte)number);
                else ((IBufferWriter<byte>)line).Write(Encoding.UTF8.GetBytes(text));
                expected.AddRange(way switch
                {
                    0 => Encoding.ASCII.GetBytes($"{number}"),
                    2 => [(byte)number],
                    _ => Encoding.UTF8.GetBytes(text),
                });
            }

            return line.Written.SequenceEqual(expected.ToArray()) && line.IsEmpty == (expected.Count == 0);
        });
}
