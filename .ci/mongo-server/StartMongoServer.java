import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** Serves MongoDB's protocol from memory on the loopback port in args[0], as the oldest version that the driver still takes. */
public class StartMongoServer {
  public static void main(String[] args) {
    MongoVersion version =
        new MongoVersion() {
          public List<Integer> getVersionArray() {
            return List.of(4, 4, 0);
          }

          public int getWireVersion() {
            return 9;
          }
        };
    new MongoServer(new MemoryBackend().version(version)).bind("127.0.0.1", Integer.parseInt(args[0]));
  }
}
